/** Runs one job at a time. Asked meanwhile, however often, it runs once more: so a
 * hand that keeps moving sees pictures on the way, and the last one is the newest. */
export class Newest {
  private running = false;
  private again = false;

  constructor(private readonly job: () => Promise<void>) {}

  async run(): Promise<void> {
    this.again = true;
    if (this.running) return;
    this.running = true;
    try {
      while (this.again) {
        this.again = false;
        await this.job();
      }
    } finally {
      this.running = false;
    }
  }
}
