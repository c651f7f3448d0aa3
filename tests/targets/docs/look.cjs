// Opens pages of documentation in a browser and tells what is wrong with them. Standard input: {folder, pages, judged,
// searches, filters, pictures, chromium}; standard output: {problems: [...], found: {search: [paths]}}. One browser, one run for all.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { HtmlValidate, StaticConfigLoader } = require("html-validate");
const puppeteer = require("puppeteer-core");

const AXE = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const PHONE = { width: 390, height: 800 };
const DESK = { width: 1280, height: 900 };
const MOST_SHEETS = 3;
const given = JSON.parse(fs.readFileSync(0, "utf8"));
const problems = [];

// A browser of the system, or the one that an npm package brings; that one is unpacked where TMPDIR says, and needs libnss3.
async function launch() {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--allow-file-access-from-files"];
  let executablePath = given.chromium;
  if (!executablePath) {
    const brought = require("@sparticuz/chromium");
    executablePath = await (brought.default ?? brought).executablePath();
  }
  try {
    return await puppeteer.launch({ executablePath, args, headless: "shell" });
  } catch (error) {
    throw new Error(`${executablePath} does not run: install the package chromium, or name a browser in $CHROMIUM`, { cause: error });
  }
}

// What a reader's browser finds wrong with a page; run inside of it.
function inspect() {
  const found = [];
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  for (const id of ids.filter((one, at) => ids.indexOf(one) !== at)) found.push(`two elements have the id ${id}`);
  for (const svg of document.querySelectorAll("svg")) {
    const whole = svg.viewBox.baseVal;
    const texts = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBBox()]);
    for (const [at, [said, box]] of texts.entries()) {
      if (box.x < -1 || box.y < -1 || box.x + box.width > whole.width + 1 || box.y + box.height > whole.height + 1)
        found.push(`"${said}" stands out of its drawing`);
      for (const [other, its] of texts.slice(at + 1)) {
        const across = Math.min(box.x + box.width, its.x + its.width) - Math.max(box.x, its.x);
        const along = Math.min(box.y + box.height, its.y + its.height) - Math.max(box.y, its.y);
        if (across > 0.5 && along > 2.5) found.push(`"${said}" stands on "${other}"`);
      }
    }
  }
  for (const part of document.querySelectorAll(".scroll, figure"))
    if (part.scrollWidth > part.clientWidth + 1) found.push(`"${part.textContent.trim().slice(0, 40)}" is cut`);
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) found.push(`the page is ${wide} wider than the screen`);
  const links = [...document.querySelectorAll("a[href], link[href], script[src]")].map((one) => one.href || one.src);
  return { found, links, ids };
}

async function judged(tab, rules) {
  const answer = await tab.evaluate(
    (only) => axe.run(document, { resultTypes: ["violations"], ...(only ? { runOnly: { type: "rule", values: only } } : {}) }),
    rules,
  );
  return answer.violations.map((one) => `${one.id}: ${one.help}: ${one.nodes[0].html.slice(0, 120)}`);
}

// The number of sheets of paper on which a page prints.
async function printed(tab) {
  const file = Buffer.from(await tab.pdf({ format: "A4" })).toString("latin1");
  return (file.match(/\/Type \/Page\b/g) ?? []).length;
}

const theme = (tab, value) => tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);

async function main() {
  const browser = await launch();
  const tab = await browser.newPage();
  let here = "";
  const say = (what) => problems.push(`${here}: ${what}`);
  tab.on("console", (message) => say(`the console says ${message.text()}`));
  tab.on("pageerror", (error) => say(`an error: ${error.message}`));
  tab.on("requestfailed", (request) => say(`${request.url()} is not to be had`));
  const at = (page) => pathToFileURL(path.join(given.folder, page)).href;
  const known = new Map();
  const asked = [];
  for (const page of given.pages) {
    here = page;
    await tab.setViewport(DESK);
    await theme(tab, "light");
    await tab.goto(at(page));
    const { found, links, ids } = await tab.evaluate(inspect);
    found.forEach(say);
    known.set(at(page), new Set(ids));
    asked.push(...links.map((link) => [page, link]));
    if (given.judged.includes(page)) {
      await tab.evaluate(AXE);
      (await judged(tab, null)).forEach((one) => say(`light, ${one}`));
      await theme(tab, "dark");
      (await judged(tab, ["color-contrast"])).forEach((one) => say(`dark, ${one}`));
      const sheets = await printed(tab);
      if (sheets > MOST_SHEETS) say(`it prints on ${sheets} sheets`);
    }
    await tab.setViewport(PHONE);
    (await tab.evaluate(inspect)).found.forEach((one) => say(`on a phone, ${one}`));
  }
  for (const [page, link] of asked) {
    const [file, part] = link.split("#");
    here = page;
    if (/^https?:/.test(file)) continue;
    if (known.has(file) ? part && !known.get(file).has(part) : !fs.existsSync(new URL(file))) say(`${link} leads nowhere`);
  }
  const found = { ...(await search(tab, at("index.html"))), ...(await filtered(tab, at("index.html"))) };
  await pictures(tab, at);
  await browser.close();
  await validate();
  process.stdout.write(JSON.stringify({ problems, found }));
}

async function search(tab, first) {
  const found = {};
  await tab.setViewport(DESK);
  await tab.goto(first);
  for (const words of given.searches) {
    await tab.keyboard.press("Escape");
    await tab.keyboard.press("/");
    await tab.keyboard.type(words);
    found[words] = await tab.$$eval("#found a", (links) => links.map((link) => link.getAttribute("href")));
    await tab.$eval("#q", (input) => { input.value = ""; input.blur(); });
  }
  if (given.searches.length) {
    await tab.keyboard.press("/");
    await tab.keyboard.type(given.searches[0]);
    await tab.keyboard.press("ArrowDown");
    await Promise.all([tab.waitForNavigation(), tab.keyboard.press("Enter")]);
    found["by keyboard"] = [path.relative(given.folder, new URL(tab.url()).pathname)];
  }
  return found;
}

// What the filter of the catalogue leaves of it, by the words typed into it.
async function filtered(tab, first) {
  const found = {};
  for (const words of given.filters) {
    await tab.goto(first);
    await tab.type("#filter", words);
    found[`filter ${words}`] = await tab.$$eval(".groups tbody a", (links) =>
      links.filter((link) => link.checkVisibility()).map((link) => link.getAttribute("href")));
  }
  return found;
}

async function pictures(tab, at) {
  for (const { page, file, width, height, dark } of given.pictures) {
    await tab.setViewport({ width, height });
    await theme(tab, dark ? "dark" : "light");
    await tab.goto(at(page));
    await tab.screenshot({ path: file });
  }
}

async function validate() {
  const judge = new HtmlValidate(new StaticConfigLoader({ root: true, extends: ["html-validate:standard"] }));
  for (const page of given.pages) {
    const report = await judge.validateString(fs.readFileSync(path.join(given.folder, page), "utf8"), page);
    for (const { messages } of report.results)
      for (const one of messages) problems.push(`${page}:${one.line}:${one.column}: ${one.ruleId}: ${one.message}`);
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
