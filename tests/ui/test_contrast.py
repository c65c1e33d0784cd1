"""Whatever hue a vendor chooses, brand colours stay readable in light and dark."""

from typing import Literal

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAIRS = [
    ["--brand", "--card"],
    ["--brand", "--page"],
    ["--brand", "--brand-tint"],
    ["--brand-strong", "--brand-tint"],
    ["--brand-ink", "--brand"],
    ["--ink-soft", "--brand-faint"],
    ["--ink-soft", "--sunken"],
    *[[f"--{tone}", f"--{tone}-tint"] for tone in ("good", "warn", "bad", "info")],
    *[[f"--{tone}", "--card"] for tone in ("good", "warn", "bad", "info")],
]

MEASURE = """([hues, chromas, pairs]) => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const probe = document.body.appendChild(document.createElement('div'));
  const luminance = (name) => {
    probe.style.color = `var(${name})`;
    canvas.fillStyle = getComputedStyle(probe).color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((byte) => {
      const part = byte / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const bad = [];
  for (const hue of hues) for (const chroma of chromas) {
    document.documentElement.style.setProperty('--brand-hue', hue);
    document.documentElement.style.setProperty('--brand-chroma', chroma);
    for (const [front, back] of pairs) {
      const [low, high] = [luminance(front), luminance(back)].sort((a, b) => a - b);
      const ratio = (high + 0.05) / (low + 0.05);
      if (!(ratio >= 4.5)) bad.push([hue, chroma, front, back, ratio]);
    }
  }
  return bad;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_hue_is_readable(chromium: Browser, live_server: LiveServer, scheme: Literal["light", "dark"]) -> None:
    page = chromium.new_page(color_scheme=scheme)
    page.goto(f"{live_server.url}/ui/")
    assert page.evaluate(MEASURE, [list(range(0, 360, 15)), [0, 0.08, 0.16], PAIRS]) == []
    page.close()
