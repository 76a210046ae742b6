"""How smooth the page of `llm-models browse` is: `python tests/page/measure.py [FILE]`. It needs Chromium.

It prints times in milliseconds for the packaged data, or for the page FILE. On a machine that is busy, look at the last
column: the processor time of the page. A frame of a screen takes 16.7.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.browser import PHONE, SCREEN, Tab, chromium

import llm_models
from llm_models.page import document

TYPED = ["c", "cl", "cla", "claude", "claude-s", "claude-sonnet", "claude", "c", "g", "gpt", "gpt-5", "gpt-5.", "x"]
KEYS = f"""(async () => {{
  const times = [];
  const field = document.getElementById("q");
  for (const text of {TYPED}) {{
    const start = performance.now();
    field.value = text;
    field.dispatchEvent(new Event("input", {{ bubbles: true }}));
    await new Promise(requestAnimationFrame);
    document.body.offsetHeight;
    times.push(performance.now() - start);
  }}
  return times;
}})()"""
FRAMES = """(async () => {
  const times = [];
  const rows = document.querySelector(".tabulator-tableholder");
  let last = performance.now();
  for (let frame = 0; frame < 200; frame += 1) {
    rows.scrollTop += 120;
    await new Promise(requestAnimationFrame);
    times.push(performance.now() - last);
    last = performance.now();
  }
  return times;
})()"""
CARD = """(async () => {
  await Data.cards();
  const start = performance.now();
  await Card.show(Data.list.findIndex((one) => one.spec === "openai:gpt-5.4"), () => {});
  document.body.offsetHeight;
  return [performance.now() - start];
})()"""


def busy(tab: Tab) -> float:
    """The processor time that the page has used, in milliseconds."""
    metrics = tab.call("Performance.getMetrics")["metrics"]
    return 1000 * next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


def told(tab: Tab, name: str, script: str) -> None:
    before = busy(tab)
    times = sorted(tab.run(script))
    each = (busy(tab) - before) / len(times)
    median, most = times[len(times) // 2], times[int(len(times) * 0.95)]
    print(f"  {name:<26} median {median:7.1f}   95 % below {most:7.1f}   processor time {each:6.1f}")


def measure(tab: Tab, path: Path, size: tuple[int, int]) -> None:
    print(f"{size[0]} x {size[1]}")
    tab.call("Performance.enable", timeDomain="threadTicks")
    tab.open(path, size=size)
    print(f"  from the start to all rows        {tab.run('performance.now()'):7.1f}")
    told(tab, "a typed key", KEYS)
    told(tab, "a frame while scrolling", FRAMES)
    told(tab, "a card", CARD)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        if len(sys.argv) > 1:
            path = Path(sys.argv[1]).resolve()
        else:
            path = Path(folder) / "page.html"
            start = time.process_time()
            path.write_bytes(document(llm_models.load(config=None), "0"))
            print(f"made in {time.process_time() - start:.1f} s of processor time, {path.stat().st_size / 1e6:.2f} MB")
        for size in (SCREEN, PHONE):
            measure(browser.tab(), path, size)


if __name__ == "__main__":
    main()
