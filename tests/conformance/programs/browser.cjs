// What `sf org login web` opens: a real Chromium in which somebody logs in and answers.
// Driven by the environment (clients/browser.py); leaves a report of the pages that were seen.
const { writeFileSync } = require("node:fs");
const { chromium } = require("playwright-core");

const LONGEST = 60_000;
const { BROWSER_CHROMIUM, BROWSER_PROFILE, BROWSER_REPORT, BROWSER_USERNAME, BROWSER_DECISION } =
  process.env;
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

async function answer(page, url, seen) {
  const { origin } = new URL(new URL(url).searchParams.get("redirect_uri"));
  const back = (there) => there.origin === origin;
  await page.goto(url);
  seen.push(await page.title());
  await page.fill("#username", BROWSER_USERNAME);
  await page.click("#Login");
  const question = page.waitForSelector("#oaapprove").then(() => true);
  const returned = page.waitForURL(back).then(() => false);
  if (await Promise.race([question, returned])) {
    seen.push(await page.title());
    await page.click(BROWSER_DECISION === "deny" ? "#oadeny" : "#oaapprove");
    await returned;
  } else {
    question.catch(() => {}); // it never comes
  }
  await page.waitForLoadState();
  seen.push(new URL(page.url()).pathname);
}

async function main(url) {
  const report = { seen: [], error: "" };
  const browser = await chromium.launchPersistentContext(BROWSER_PROFILE, {
    executablePath: BROWSER_CHROMIUM,
    args: FLAGS,
    ignoreHTTPSErrors: true, // the local org's certificate is of its own making
  });
  browser.setDefaultTimeout(LONGEST);
  try {
    await answer(browser.pages()[0], url, report.seen);
  } catch (error) {
    report.error = String(error);
  } finally {
    await browser.close();
    writeFileSync(BROWSER_REPORT, JSON.stringify(report));
  }
}

main(process.argv[2]);
