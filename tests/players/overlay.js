// EPUB の読み上げ（Media Overlays）だけを知る、試験のための小さい読む機械。
// 本の中のものは、本のとおりに読む。良し悪しは決めず、起きたことを返す（試験が決める）。
"use strict";

const audio = document.querySelector("audio");
const frame = document.querySelector("iframe");
const RATE = 22050;
const WINDOW = 441; // 音の大きさを測る幅（1 秒に 50）

const event = (target, name) =>
  new Promise((done, failed) => {
    target.addEventListener(name, done, { once: true });
    target.addEventListener("error", () => failed(new Error(`${name} が来ません`)), { once: true });
  });

async function fetched(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} がありません`);
  return answer;
}

async function overlay(url) {
  const xml = new DOMParser().parseFromString(await (await fetched(url)).text(), "text/xml");
  const place = (element) => new URL(element.getAttribute("src"), new URL(url, location));
  return [...xml.getElementsByTagName("par")].map((par) => {
    const text = place(par.getElementsByTagName("text")[0]);
    const sound = par.getElementsByTagName("audio")[0];
    return {
      document: text.href.split("#")[0],
      id: decodeURIComponent(text.hash.slice(1)),
      sound: place(sound).href,
      begin: parseFloat(sound.getAttribute("clipBegin")),
      end: parseFloat(sound.getAttribute("clipEnd")),
    };
  });
}

async function show(url) {
  if (frame.src === url) return;
  frame.src = url;
  await event(frame, "load");
}

async function load(url) {
  if (audio.dataset.url === url) return;
  if (audio.src) URL.revokeObjectURL(audio.src);
  audio.src = URL.createObjectURL(await (await fetched(url)).blob());
  audio.dataset.url = url;
  await event(audio, "loadedmetadata");
}

async function seek(time) {
  audio.currentTime = time;
  await event(audio, "seeked");
}

// 見える文字。ふりがなを除く。目印の先がなければ null。
function shown(element) {
  if (!element) return null;
  const copy = element.cloneNode(true);
  for (const ruby of copy.querySelectorAll("rt, rp")) ruby.remove();
  return copy.textContent;
}

// ファイルの、WINDOW ごとの大きさ（dBFS）。
async function measure(url) {
  const bytes = await (await fetched(url)).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(bytes);
  const samples = sound.getChannelData(0);
  const levels = [];
  for (let start = 0; start < samples.length; start += WINDOW) {
    const part = samples.subarray(start, start + WINDOW);
    const power = part.reduce((sum, sample) => sum + sample * sample, 0) / part.length;
    levels.push(Math.round(100 * Math.log10(power + 1e-12)) / 10);
  }
  return levels;
}

// 鳴らさずに、文ごとに文書の文字と頭出しの着いた時刻、音のファイルごとに長さと大きさを調べる。
window.inspect = async (url) => {
  const pars = await overlay(url);
  const sounds = {};
  for (const par of pars) {
    await show(par.document);
    par.text = shown(frame.contentDocument.getElementById(par.id));
    await load(par.sound);
    await seek(par.begin);
    par.landed = audio.currentTime;
    sounds[par.sound] ??= { seconds: audio.duration, levels: await measure(par.sound) };
  }
  return { pars, sounds };
};

// 章を初めから終わりまで鳴らし、読んでいる文に active の飾りを付ける。画面が変わるたびに見たものを返す。
window.listen = async (url, rate, active) => {
  const seen = [];
  for (const par of await overlay(url)) {
    await show(par.document);
    const sounding = audio.dataset.url === par.sound && !audio.paused;
    await load(par.sound);
    if (!sounding) await seek(par.begin);
    const book = frame.contentDocument;
    const element = book.getElementById(par.id);
    const plain = frame.contentWindow.getComputedStyle(element).backgroundColor;
    element.classList.add(active);
    audio.playbackRate = rate;
    await audio.play();
    while (audio.currentTime < par.end && !audio.ended) {
      const marked = [...book.getElementsByClassName(active)];
      seen.push({
        at: audio.currentTime,
        sound: par.sound,
        marked: marked.map((one) => one.id),
        visible: marked.every((one) => one.getClientRects().length > 0),
        styled: frame.contentWindow.getComputedStyle(element).backgroundColor !== plain,
      });
      await new Promise(requestAnimationFrame);
    }
    element.classList.remove(active);
  }
  audio.pause();
  return seen;
};
