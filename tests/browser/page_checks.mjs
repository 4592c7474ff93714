// The page in a browser: page_checks.mjs BROWSER URL URL-WITH-TOKEN. Every check starts in a fresh page of one server.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const [executablePath, open, closed] = process.argv.slice(2);
const axe = readFileSync("node_modules/axe-core/axe.min.js", "utf8");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

// What no page may do: complain, ask another host, break its policy, move what is shown.
function watch(page, faults) {
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && faults.push(`console: ${message.text()}`));
  page.on("pageerror", (fault) => faults.push(`script: ${fault.message}`));
  page.on("request", (request) => request.url().startsWith(open) || request.url().startsWith(closed) || faults.push(`asks ${request.url()}`));
}

function record() {
  window.moved = 0;
  window.broken = [];
  document.addEventListener("securitypolicyviolation", (event) => window.broken.push(event.violatedDirective));
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
}

async function check(name, action, { url = open, expected = [], moving = false, ...options } = {}) {
  const faults = [], context = await browser.newContext({ viewport: { width: 1280, height: 820 }, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60000);
  watch(page, faults);
  await page.addInitScript(record);
  page.at = (hash) => page.goto(`${url}/#${hash}`);
  try {
    await action(page);
    const { moved, broken } = await page.evaluate(() => ({ moved: window.moved, broken: window.broken }));
    assert.deepEqual(broken, [], "content security policy");
    assert.ok(moving || moved < 0.02, `what is shown moves: ${moved}`);
    assert.deepEqual(faults.filter((fault) => !expected.some((part) => fault.includes(part))), []);
  } catch (fault) {
    await page.screenshot({ path: "shots/fault.png" });
    console.error(`${name}: ${fault.stack}`);
    process.exitCode = 1;
  }
  await context.close();
}

const shot = (page, name) => page.screenshot({ path: `shots/${name}.png` });
const hash = (page) => page.evaluate(() => Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
const shows = (page, entity) => page.waitForFunction((name) => document.querySelector("#picture .node")?.getAttribute("href")?.includes(`entity=${name}`), entity);

// Names of rules that are broken, with the places.
async function accessible(page) {
  const found = await page.evaluate(`${axe}; axe.run(document, { resultTypes: ["violations"] })`);
  const places = found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
  assert.deepEqual(places, [], "axe");
}

// ---- a graph

await check("start", async (page) => {
  await page.goto(open);
  await page.waitForSelector("#start a");
  await accessible(page);
  await page.click("#start a");
  await page.waitForSelector("#picture .node");
  assert.equal(await page.locator("#start").isVisible(), false);
});

await check("search, walk, back", async (page) => {
  await page.at("model=ring");
  await page.fill("#entity", "entity 7");
  await page.waitForSelector("#entity-list [role=option]");
  assert.equal(await page.getAttribute("#entity", "aria-expanded"), "true");
  await accessible(page);
  await page.click("#entity-list [role=option]");
  await shows(page, "e7");
  const names = await page.locator("#picture .name").allTextContents();
  for (const name of ["the entity 5", "the entity 6", "the entity 8", "the entity 9"]) assert.ok(names.includes(name), name);
  const widths = await page.locator("#picture .line").evaluateAll((lines) => lines.map((line) => Number(line.getAttribute("stroke-width"))));
  assert.ok(Math.max(...widths) > 2 * Math.min(...widths), "lines as thick as the attention");
  await shot(page, "graph");
  await page.click("#picture a[href*='entity=e8&'] .touch, #picture a[href$='entity=e8'] .touch");
  await shows(page, "e8");
  assert.equal(await page.inputValue("#entity"), "e8");
  await page.goBack();
  await shows(page, "e7");
});

await check("sliders and heads", async (page) => {
  await page.at("model=ring&entity=e7");
  await shows(page, "e7");
  const before = await page.locator("#picture .node").count();
  await page.locator("#hops").fill("3");
  await page.waitForFunction((n) => document.querySelectorAll("#picture .node").length > n, before);
  assert.equal((await hash(page)).hops, "3");
  assert.equal(await page.textContent("output[for=hops]"), "3");
  await page.locator("#top").fill("3");
  await page.waitForFunction(() => document.querySelectorAll("#picture .node").length === 4);
  await page.fill("#ask-tail", "e9");
  await page.keyboard.press("Escape");
  const first = await page.locator("#facts tbody .number").allTextContents();
  await page.selectOption("#attn", "2");
  await page.waitForFunction((text) => document.querySelector("#facts tbody .number").textContent !== text, first[0]);
  assert.equal((await hash(page)).attn, "2");
  assert.equal(await page.inputValue("#ask-tail"), "e9", "what is typed stays");
  assert.equal(await page.locator("#attn option").count(), 3);
});

await check("the list", async (page) => {
  await page.at("model=ring&entity=e7");
  const numbers = async () => (await page.locator("#facts tbody .number").allTextContents()).map(Number);
  await page.waitForSelector("#facts tbody tr");
  const down = await numbers();
  assert.deepEqual(down, [...down].sort((a, b) => b - a));
  assert.equal(await page.getAttribute("#facts th:last-child", "aria-sort"), "descending");
  await page.click("#facts th:last-child button");
  assert.deepEqual(await numbers(), [...down].reverse().sort((a, b) => a - b));
  assert.equal(await page.getAttribute("#facts th:last-child", "aria-sort"), "ascending");
  await page.click("#facts tbody a:has-text('the entity 9')");
  await shows(page, "e9");
});

await check("names are no markup", async (page) => {
  await page.at("model=ring&entity=e11");
  await shows(page, "e11");
  assert.equal(await page.locator("main b:text-is('eleven'), main img").count(), 0);
  assert.ok((await page.textContent("#legend")).includes("<b>eleven</b>"));
  await page.fill("#entity", "eleven");
  await page.waitForSelector("#entity-list [role=option]");
  assert.equal(await page.locator("#entity-list img").count(), 0);
});

await check("keyboard alone", async (page) => {
  await page.at("model=ring");
  await page.waitForSelector("#start a");
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.getAttribute("class") || document.activeElement.tagName);
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "model");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "entity");
  await page.keyboard.type("entity 1");
  await page.waitForSelector("#entity-list [role=option]");
  const first = await page.getAttribute("#entity", "aria-activedescendant");
  await page.keyboard.press("ArrowDown");
  assert.notEqual(await page.getAttribute("#entity", "aria-activedescendant"), first);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await shows(page, "e1");
  for (const id of ["hops", "top", "attn"]) {
    await page.keyboard.press("Tab");
    assert.equal(await focused(), id);
  }
  await page.keyboard.press("Tab");
  assert.match(await focused(), /node/);
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "ask-head");
  await page.keyboard.press("Shift+Tab");
  const own = await page.evaluate(() => document.activeElement.getAttribute("href"));
  for (const key of ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"]) {
    await page.keyboard.press(key);
    if ((await page.evaluate(() => document.activeElement.getAttribute("href"))) !== own) break;
  }
  const next = await page.evaluate(() => new URLSearchParams(document.activeElement.getAttribute("href").slice(1)).get("entity"));
  assert.notEqual(next, "e1");
  await shot(page, "keyboard");
  await page.keyboard.press("Enter");
  await shows(page, next);
});

await check("a fault is told", async (page) => {
  await page.at("model=ring&entity=nobody");
  await page.waitForFunction(() => document.querySelector("#fault").textContent.includes("nobody"));
  await accessible(page);
  await shot(page, "told");
  await page.at("model=ring&entity=e7");
  await shows(page, "e7");
  assert.equal(await page.textContent("#fault"), "");
  await page.click("#ask button");
  assert.ok((await page.textContent("#fault")).includes("two of head, relation and tail"));
}, { expected: ["400"] });

await check("models one after the other, faster than they answer", async (page) => {
  await page.at("model=ring&entity=e7");
  await page.evaluate(() => ["paths", "pair", "text", "ring", "paths"].forEach((name) => (location.hash = `model=${name}&entity=e8`)));
  await shows(page, "e8");
  await page.waitForFunction(() => document.querySelector("#about").textContent.endsWith("paths"));
  assert.equal(await page.inputValue("#model"), "paths");
  assert.equal(await page.textContent("#fault"), "");
});

// ---- questions

await check("ask and explain", async (page) => {
  await page.at("model=paths&entity=e8");
  await shows(page, "e8");
  assert.equal(await page.inputValue("#ask-head"), "e8");
  await page.selectOption("#ask-relation", "next");
  await page.check("#ask-known");
  await page.click("#ask button");
  await page.waitForSelector("#answers li");
  const shares = (await page.locator("#answers .number").allTextContents()).map(parseFloat);
  assert.equal(shares.length, 10);
  assert.ok(shares.every((share) => share >= 0 && share <= 100));
  await page.click("#answers li >> nth=0 >> .explain");
  await page.waitForSelector("#why .path");
  await page.waitForSelector("#picture.explaining .edge.why");
  await accessible(page);
  await shot(page, "explanation");
  const all = await page.locator("#picture .edge.why").count();
  await page.click("#why .path >> nth=0");
  const one = await page.locator("#picture .edge.why").count();
  assert.ok(one > 0 && one <= all);
  await page.click("#why a:has-text('Close')");
  await page.waitForSelector("#picture:not(.explaining)");
  await page.goBack();
  await page.waitForSelector("#picture.explaining");
});

await check("ask for a head, and for a relation", async (page) => {
  await page.at("model=ring&tail=e5&relation=next");
  await page.waitForSelector("#answers a.what");
  await page.at("model=ring&head=e4&tail=e5&known=yes");
  await page.waitForSelector("#answers span.what");
  assert.deepEqual(new Set(await page.locator("#answers .what").allTextContents()), new Set(["next", "before", "near"]));
});

// ---- pairs, sentences

await check("pairs", async (page) => {
  await page.at("model=pair");
  await page.waitForSelector("#pairs li");
  await page.fill("#pair-part", "a9");
  await page.waitForFunction(() => document.querySelectorAll("#pairs li").length === 1);
  await page.click("#pairs a");
  await page.waitForFunction(() => document.querySelector("#pair-title").textContent === "a9 = b9");
  await page.waitForSelector("#pair-picture .joint", { state: "attached" });
  assert.ok((await page.locator("#reasons tbody tr").count()) > 0);
  assert.deepEqual(new Set(await page.locator("#pair-picture .name").allTextContents()), new Set(["a8", "a9", "a10", "b8", "b9", "b10"]));
  assert.ok((await page.locator("#alike li").count()) > 0);
  await accessible(page);
  await shot(page, "pairs");
  await page.fill("#pair-part", "nothing");
  await page.waitForSelector("#pairs .empty");
});

await check("a sentence", async (page) => {
  await page.at("model=text");
  await page.waitForSelector("#told .empty");
  const text = "the 𝔱thing1 causes the matter2 .";
  await page.fill("#text", text);
  const select = (word) => page.evaluate(([all, part]) => document.querySelector("#text").setSelectionRange(all.indexOf(part), all.indexOf(part) + part.length), [text, word]);
  await select("𝔱thing1 ");
  await page.click("#mark1");
  await page.click("#sentence [type=submit]");
  assert.ok((await page.textContent("#fault")).includes("two marked"));
  await select("matter2");
  await page.click("#mark2");
  assert.deepEqual(await page.locator("#marks mark").allTextContents(), ["𝔱thing1", "matter2"]);
  await page.click("#sentence [type=submit]");
  await page.waitForSelector("#told .word");
  assert.equal(await page.textContent("#told .what"), "Cause(e1,e2)");
  assert.equal(await page.textContent("#told .word.e1 .shade"), "𝔱thing1");
  const shades = await page.locator("#told small").allTextContents();
  assert.ok(Math.abs(shades.map(Number).reduce((a, b) => a + b) - 1) < 0.05);
  await accessible(page);
  await shot(page, "sentence");
  await page.reload();
  await page.waitForSelector("#told .word");
});

await check("a text", async (page) => {
  await page.at("model=names");
  await page.waitForSelector("#linked .empty");
  assert.match(await page.textContent("#about"), /22 names of 14 entities/);
  await accessible(page);
  await page.click("#document [type=submit]");
  assert.ok((await page.textContent("#fault")).includes("A text is needed"));
  const text = "The a hub 𝔱oo: word1, and word2 of nobody.\n<b>word3</b>";
  await page.fill("#document-text", text);
  await page.click("#document [type=submit]");
  await page.waitForSelector("#linked .mention");
  assert.deepEqual(await page.locator(".mention > span").allTextContents(), ["The a hub", "word1", "word2", "word3"]);
  assert.equal(await page.locator("#linked b").count(), 0, "a text is no markup");
  assert.deepEqual(await page.locator(".mention[aria-current] > span").allTextContents(), ["The a hub"]);
  await page.click(".mention >> nth=1");
  await page.waitForFunction(() => document.querySelector(".mention[aria-current]").textContent.startsWith("word1"));
  assert.equal((await hash(page)).mention, "1");
  const shares = (await page.locator("#linked .answers >> nth=0 >> .number").allTextContents()).map(parseFloat);
  assert.equal(shares.length, 2, "two fields have this name");
  assert.ok(Math.abs(shares[0] + shares[1] - 100) < 0.3 && shares[0] >= shares[1]);
  assert.match(await page.textContent("#sure"), /\d %/);
  await accessible(page);
  await shot(page, "linking");
  await page.focus(".mention >> nth=1");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".mention[aria-current]").textContent.startsWith("word2"));
  await page.reload();
  await page.waitForFunction(() => document.querySelector(".mention[aria-current]")?.textContent.startsWith("word2"));
  const select = (word) => page.evaluate(([all, part]) => document.querySelector("#document-text").setSelectionRange(all.indexOf(part), all.indexOf(part) + part.length), [text, word]);
  for (const word of ["word", "word1", " nobody"]) {
    await select(word);
    await page.click("#mark-mention");
  }
  assert.deepEqual(await page.locator("#mentions mark").allTextContents(), ["word1", "nobody"]);
  await page.click("#document [type=submit]");
  await page.waitForFunction(() => document.querySelectorAll(".mention").length === 2);
  await page.click(".mention.nil");
  await page.waitForFunction(() => document.querySelector("#linked").textContent.includes("“nobody” means nothing in the graph"));
  await accessible(page);
  await page.fill("#document-text", "none at all");
  await page.click("#document [type=submit]");
  await page.waitForFunction(() => document.querySelector("#linked").textContent.includes("No name of the graph"));
});

// ---- how it looks and loads

await check("dark", async (page) => {
  await page.at("model=paths&entity=e8&head=e8&relation=next&why=e9");
  await page.waitForSelector("#why .path");
  const light = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number));
  assert.ok(Math.max(...light) < 60, "a dark background");
  await accessible(page);
  await shot(page, "dark");
  await page.at("model=text&text=the thing1 causes the matter2&e1=4-10&e2=22-29");
  await page.waitForSelector("#told .word");
  await accessible(page);
  await page.at("model=names&text=word1 and word2 beside the a hub");
  await page.waitForSelector("#linked .mention");
  await accessible(page);
  await shot(page, "dark-text");
}, { colorScheme: "dark" });

await check("narrow and printed", async (page) => {
  await page.at("model=ring&entity=e7&hops=2");
  await shows(page, "e7");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "no sideways scrolling");
  await accessible(page);
  await shot(page, "narrow");
}, { viewport: { width: 420, height: 800 } });

await check("printed", async (page) => {
  await page.at("model=ring&entity=e7&hops=2");
  await shows(page, "e7");
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator(".tools >> nth=0").isVisible(), false);
  assert.equal(await page.locator("#picture").isVisible(), true);
  await shot(page, "print");
}, { moving: true });

await check("it moves where that is welcome", async (page) => {
  await page.at("model=ring&entity=e7");
  await shows(page, "e7");
  await page.evaluate(() => (location.hash = "model=ring&entity=e8"));
  await shows(page, "e8");
  await page.waitForSelector("#picture:not(.moving)");
}, { reducedMotion: "no-preference" });

await check("first paint", async (page) => {
  await page.at("model=ring&entity=e7");
  await shows(page, "e7");
  const times = await page.evaluate(() => ({
    first: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
    useful: performance.now(),
    bytes: performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
      .filter((entry) => !entry.name.includes("/v1/")).reduce((sum, entry) => sum + entry.encodedBodySize, 0),
  }));
  console.log(`first paint ${Math.round(times.first)} ms, with a graph ${Math.round(times.useful)} ms, ${times.bytes} bytes`);
  assert.ok(times.bytes < 100000, "under 100 kB");
});

await check("a token", async (page) => {
  await page.at("model=ring&entity=e7");
  await page.waitForSelector("#token-dialog[open]");
  await accessible(page);
  await page.fill("#token", "wrong");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#token-dialog").open && document.querySelector("#token").value === "wrong");
  await page.fill("#token", "0123456789abcdef");
  await page.keyboard.press("Enter");
  await shows(page, "e7");
}, { url: closed, expected: ["401"] });

await browser.close();
