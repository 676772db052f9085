/** Lets work begin in order, as long as the pixels of all that is under way stay below a limit; one alone may always begin. */
export class PixelBudget {
  private used = 0;
  private readonly waiting: { readonly pixels: number; readonly start: () => void }[] = [];

  /** @param limit pixels under way at the same time. */
  constructor(private readonly limit: number) {}

  /** Runs work that holds `pixels`. @returns its result. */
  async run<T>(pixels: number, work: () => Promise<T>): Promise<T> {
    if (this.waiting.length > 0 || !this.fits(pixels))
      await new Promise<void>((start) => this.waiting.push({ pixels, start }));
    else this.used += pixels;
    try {
      return await work();
    } finally {
      this.used -= pixels;
      this.startWaiting();
    }
  }

  private fits(pixels: number): boolean {
    return this.used === 0 || this.used + pixels <= this.limit;
  }

  private startWaiting(): void {
    while (this.waiting.length > 0 && this.fits(this.waiting[0]!.pixels)) {
      const { pixels, start } = this.waiting.shift()!;
      this.used += pixels;
      start();
    }
  }
}
