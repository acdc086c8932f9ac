const WIDTH = 30;

/** Draws a bar over itself, once for each percent; gone when all is done. */
export function progressBar(write: (text: string) => void): (done: number, total: number) => void {
  let shown = -1;
  return (done, total) => {
    const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
    if (percent === shown) return;
    shown = percent;
    const filled = Math.round((percent / 100) * WIDTH);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
    write(done >= total ? '\r\u001b[K' : `\r${bar} ${percent} % of ${total.toLocaleString('en-US')} commits`);
  };
}
