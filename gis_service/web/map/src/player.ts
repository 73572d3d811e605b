/** Plays steps one after the other: each one's answer is shown, in order, none left
 * out. The next two are asked for ahead; a slow one delays the rest, it is not skipped. */

const AHEAD = 2;

export interface Film<T> {
  steps: number;
  ask: (step: number, signal: AbortSignal) => Promise<T>;
  /** Resolves when the picture is painted, or with false if it is not. */
  show: (step: number, answer: T) => Promise<boolean>;
}

export class Player<T> {
  /** Pictures per second; may change while playing. */
  speed = 2;
  /** Answers shown since the film began. */
  shown = 0;
  /** Answers that were due and not shown. */
  dropped = 0;
  private playing: AbortController | null = null;

  get running(): boolean {
    return this.playing !== null;
  }

  /** Plays to the end, or until stopped. Raises what `ask` raises. */
  async play(film: Film<T>): Promise<void> {
    this.stop();
    const playing = new AbortController();
    this.playing = playing;
    this.shown = this.dropped = 0;
    const { signal } = playing;
    const coming = new Map<number, Promise<T>>();
    try {
      for (let step = 0, due = performance.now(); step < film.steps; step++) {
        for (let next = step; next <= Math.min(step + AHEAD, film.steps - 1); next++) {
          if (!coming.has(next)) coming.set(next, asked(film, next, signal));
        }
        const answer = await (coming.get(step) as Promise<T>);
        coming.delete(step);
        await until(due, signal);
        if (signal.aborted) return;
        due = Math.max(due, performance.now() - 1000 / this.speed) + 1000 / this.speed;
        if (await film.show(step, answer)) this.shown++;
        else this.dropped++;
      }
    } catch (error) {
      if (signal.aborted) return;
      this.dropped++;
      throw error;
    } finally {
      playing.abort();
      if (this.playing === playing) this.playing = null;
    }
  }

  stop(): void {
    this.playing?.abort();
    this.playing = null;
  }
}

function asked<T>(film: Film<T>, step: number, signal: AbortSignal): Promise<T> {
  const answer = film.ask(step, signal);
  // Heard when its turn comes; until then it is no unhandled fault.
  answer.catch(() => undefined);
  return answer;
}

function until(due: number, signal: AbortSignal): Promise<void> {
  const wait = due - performance.now();
  if (wait <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, wait);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
