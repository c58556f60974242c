/** A person's side of a conversation with PAM: keys that are checked, answers that are sealed to them. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PATHS } from '../../../src/protocol/broker-leader.ts';
import type { ConversationId } from '../../../src/protocol/ids.ts';
import { sealAnswer } from '../../../src/protocol/seal-answer.ts';
import { importHostKey, refuseKey } from '../../../src/protocol/verify-key.ts';
import { LeaderConnection, type Named } from './connection.ts';
import { readLastLines } from './log.ts';

export class Conversation extends LeaderConnection {
  readonly conversation = randomBytes(16).toString('hex') as ConversationId;
  user = '';
  leaderKey: Named<'key'> | undefined;

  authenticate(user: string, service = 'vestibule', rhost = '192.0.2.7'): void {
    this.user = user;
    const conversation = Buffer.from(this.conversation, 'hex');
    this.send({ name: 'authenticate', conversation, service, user, rhost });
  }

  /** Takes the key, after the page's own check of its signature. */
  async takeKey(): Promise<void> {
    this.checkKey(await this.expect('key'));
  }

  private checkKey(key: Named<'key'>): void {
    this.leaderKey = key;
    const host = importHostKey(readFileSync(PATHS.hostPublicKey));
    const refusal = refuseKey(host, this.conversation, this.leaderKey);
    if (refusal !== null) throw new Error(`the leader's key is refused: ${refusal}`);
  }

  seal(
    text: string,
    prompt: number,
    change: Partial<Parameters<typeof sealAnswer>[0]> = {},
  ): Uint8Array {
    const { conversation, user } = this;
    const expires = Number(this.leaderKey!.expires);
    const secret = new TextEncoder().encode(text);
    return sealAnswer(
      { conversation, prompt, expires, user, secret, ...change },
      this.leaderKey!.public,
    );
  }

  /** Waits for a prompt that asks, answers its items in order, and says what the items were. */
  async answer(...answers: readonly string[]): Promise<readonly string[]> {
    const prompt = await this.expectPrompt();
    this.reply(prompt, ...answers);
    return prompt.texts;
  }

  async expectPrompt(): Promise<Named<'prompt'>> {
    const prompt = await this.nextQuestion();
    if (prompt === null) throw new Error('wanted prompt, got opened');
    return prompt;
  }

  /** While a session opens each has a key of its own, which comes before it; null: the session is open. */
  async nextQuestion(): Promise<Named<'prompt'> | null> {
    for (;;) {
      const message = await this.next();
      if (message?.name === 'opened') return null;
      if (message?.name === 'key') {
        this.checkKey(message);
        continue;
      }
      if (message?.name !== 'prompt') {
        throw new Error(`wanted prompt, got ${message?.name}\n${readLastLines()}`);
      }
      message.texts.forEach((text, i) => {
        if (message.styles[i]! > 2) this.texts.push(text);
      });
      if (message.styles.some((style) => style <= 2)) return message;
    }
  }

  reply(prompt: Named<'prompt'>, ...answers: readonly string[]): void {
    const asking = [...prompt.styles.keys()].filter((i) => prompt.styles[i]! <= 2);
    const sealed = answers.map((text, i) => this.seal(text, prompt.first + (asking[i] ?? 0)));
    this.send({ name: 'answer', first: prompt.first, sealed });
  }
}
