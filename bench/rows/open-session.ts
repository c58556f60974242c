/** A PAM session with a program in it, through the broker, against su. */
import { BrokerLink, ticketOf } from '../lib/broker-link.ts';
import { type Lab, timeProgram } from '../lib/lab.ts';
import { makeRow, type Row } from '../lib/row.ts';
import { alternate, time } from '../lib/statistics.ts';

export async function openSession(lab: Lab): Promise<Row[]> {
  const [person] = lab.people(1);
  return await lab.serve(async () => {
    const ticket = ticketOf(await lab.signIn(person!));
    const broker = await BrokerLink.connect();
    lab.later(() => broker.close());
    const ours = async (): Promise<number> => {
      let session = '';
      const took = await time(async () => {
        session = await broker.start(ticket);
      });
      await broker.end(ticket, session as never);
      return took;
    };
    for (let turn = 0; turn < lab.count(300, 0); turn++) await ours();
    const su = async (): Promise<number> =>
      timeProgram('', 'su', person!.name, '-c', 'true') / 1000;
    const [mine, theirs] = await alternate(lab.count(100, 3), [ours, su]);
    const goal = { text: '≤ 1.3 ×', ratio: 1.3 };
    return [
      makeRow({
        name: 'open a PAM session and start a program through the broker',
        ...{ unit: 'ms', goal, ours: mine!, peer: 'su USER -c true', theirs },
        note: 'profile su on both sides; ours: a login shell on a terminal, until the broker says running',
      }),
    ];
  });
}
