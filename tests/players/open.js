// r2-shared-js（Thorium Reader の読み取り部）で本を開き、見えたものを本ごとに 1 行の JSON で書く。
"use strict";

const { PublicationParsePromise } = require("r2-shared-js/dist/es8-es2017/src/parser/publication-parser");
const { getMediaOverlay } = require("r2-shared-js/dist/es8-es2017/src/parser/epub");
const start = require("r2-shared-js/dist/es8-es2017/src/init-globals");

start.initGlobalConverters_GENERIC();
start.initGlobalConverters_SHARED();

const contents = (links, depth) =>
  (links || []).flatMap((link) => [[depth, link.Title], ...contents(link.Children, depth + 1)]);

const clips = (node) => [
  ...(node.Audio
    ? [[node.Text, node.Audio.split("#")[0], node.AudioClipBegin, node.AudioClipEnd]]
    : []),
  ...(node.Children || []).flatMap(clips),
];

async function opened(place) {
  const book = await PublicationParsePromise(place);
  const parts = [];
  for (const link of book.Spine) {
    const overlay = await getMediaOverlay(book, link.Href);
    parts.push({ seconds: link.Duration || 0, clips: overlay ? clips(overlay) : [] });
  }
  const { Title: title, Language: language } = book.Metadata;
  return { title, language: language[0], contents: contents(book.TOC, 1), parts };
}

(async () => {
  for (const place of process.argv.slice(2)) {
    process.stdout.write(`${JSON.stringify(await opened(place))}\n`);
  }
})();
