/** Limits the pixels of concurrent work. Work starts in order while the sum stays within a limit. A single task may exceed the limit. */
export class PixelBudget {
  private used = 0;
  private readonly waiting: { readonly pixels: number; readonly start: () => void }[] = [];

  /** @param limit maximum number of pixels of concurrent work. */
  constructor(private readonly limit: number) {}

  /** Runs work that needs `pixels` pixels. @returns the result of the work. */
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
