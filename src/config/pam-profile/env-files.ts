/** Which files a line of pam_env reads, by its arguments. */

export function envFiles(args: readonly string[]): string {
  // Of several the last counts.
  const given = (key: string, usual: string): string =>
    args.findLast((arg) => arg.startsWith(`${key}=`))?.slice(key.length + 1) ?? usual;
  return [
    given('conffile', 'pam_env.conf'),
    ...(given('readenv', '1') === '0' ? [] : [given('envfile', '/etc/environment')]),
    ...(given('user_readenv', '0') === '0'
      ? []
      : [`~/${given('user_envfile', '.pam_environment')}`]),
  ].join(', ');
}
