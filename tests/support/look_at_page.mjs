// Opens a page in real Chromium, light and dark, wide and narrow, and says as JSON what it requested and what axe finds.
// node look_at_page.mjs NODE_MODULES CHROMIUM PAGE PROFILE [PICTURES]
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const [modules, chromium, page, profile, pictures] = process.argv.slice(2);
const require = createRequire(join(modules, "x.js"));
const puppeteer = require("puppeteer-core");
const axe = readFileSync(join(modules, "axe-core", "axe.min.js"), "utf8");
const browser = await puppeteer.launch({
  executablePath: chromium,
  headless: true,
  userDataDir: profile,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const seen = { requests: [], errors: [], violations: [], overflow: {}, background: {}, rules: 0 };
try {
  for (const [scheme, width] of [["light", 1280], ["dark", 1280], ["light", 375], ["dark", 375]]) {
    const tab = await browser.newPage();
    await tab.setBypassCSP(true);
    await tab.setViewport({ width, height: 900 });
    await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    tab.on("request", (request) => seen.requests.push(request.url()));
    tab.on("console", (message) => seen.errors.push(message.text()));
    tab.on("pageerror", (error) => seen.errors.push(String(error)));
    await tab.goto(pathToFileURL(page).href, { waitUntil: "load" });
    seen.scripts = await tab.evaluate(() => document.scripts.length);
    seen.heading = await tab.evaluate(() => document.querySelector("h1").textContent);
    seen.background[scheme] = await tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
    seen.overflow[width] = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (pictures && width === 1280) await tab.screenshot({ path: join(pictures, `report-${scheme}.png`), fullPage: true });
    await tab.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
    await tab.evaluate(axe);
    const found = await tab.evaluate(() => window.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }));
    seen.rules += found.passes.length;
    for (const violation of found.violations) {
      seen.violations.push({ scheme, width, id: violation.id, nodes: violation.nodes.map((one) => one.html).slice(0, 3) });
    }
    await tab.close();
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));
