"""What is wrong with how a page looks to who needs large text, few colours, another contrast, calm or big targets."""

from playwright.sync_api import Page

NARROW, DESK = 320, 1280
"""The first is a desk's window at 400 % (WCAG 2.2, 1.4.10)."""
# Rules that look at colours and sizes; what else axe asks does not depend on them.
SEEN = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
RUN_AXE = """async (rules) => {
  const runOnly = { type: "rule", values: rules };
  const { violations } = await axe.run({ runOnly, resultTypes: ["violations"], preload: false });
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.failureSummary} ${node.html}`));
}"""
# Of what can be hit, as it is drawn: how wide and high. A link in a sentence may be smaller (WCAG 2.2, 2.5.8).
TOO_SMALL = """() => [...document.querySelectorAll("a[href], button, summary, select, textarea, input")]
  .map(found => found.closest("label") ?? found)
  .filter(found => found.getClientRects().length && found.getBoundingClientRect().right > 0)
  .map(found => ({
    text: found.outerHTML.slice(0, 200),
    least: found.matches("p a, li a, dd a") && getComputedStyle(found).display === "inline"
      && found.parentElement.textContent.trim() !== found.textContent.trim() ? 24 : 44,
    box: found.getBoundingClientRect(),
  }))
  .filter(({ box, least }) => Math.min(box.width, box.height) < least)
  .map(({ text, box }) => `${box.width} x ${box.height}: ${text}`)"""
SIDEWAYS = """() => [...document.querySelectorAll("body *")]
  .filter(found => found.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(found => found.outerHTML.slice(0, 200))"""
MOVING = """() => [...document.querySelectorAll("*")]
  .filter(found => ["transitionDuration", "animationDuration"].some(each => getComputedStyle(found)[each] !== "0s"))
  .map(found => found.outerHTML.slice(0, 200))"""
TWICE = "document.documentElement.style.fontSize = '225%'"  # of what ours is
ONCE = "document.documentElement.style.fontSize = ''"
# Where something is to be mended, whoever cannot see the page must be there (WCAG 2.2, 3.3.1).
AT_THE_ERROR = "document.activeElement.matches('.summary[role=alert], [aria-invalid=true]')"


def found_in_other_looks(page: Page) -> list[str]:
    """Return what is found, each with the look in which; the page, with axe in it, is as before then."""
    page.set_viewport_size({"width": NARROW, "height": 800})
    found = _named("target", page.evaluate(TOO_SMALL)) + _named("sideways at 400 %", page.evaluate(SIDEWAYS))
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += _named("dark", page.evaluate(RUN_AXE, SEEN)) + _named("moves", page.evaluate(MOVING))
    page.emulate_media(color_scheme="light", reduced_motion="no-preference", forced_colors="active")
    found += _named("forced colours", page.evaluate(RUN_AXE, SEEN))
    page.emulate_media(forced_colors="none")
    page.evaluate(TWICE)
    found += _named("sideways at 320 px with text of twice the size", page.evaluate(SIDEWAYS))
    page.evaluate(ONCE)
    return found


def found_on_a_desk(page: Page) -> list[str]:
    """Return what is found in a wide window."""
    page.set_viewport_size({"width": DESK, "height": 800})
    page.evaluate("scrollTo(0, 0)")  # where a narrow window had scrolled to, a heading that stays may lie on a link
    return _named("wide", page.evaluate(RUN_AXE, SEEN) + page.evaluate(SIDEWAYS))


def _named(look: str, found: list[str]) -> list[str]:
    return [f"{look}: {each}" for each in found]
