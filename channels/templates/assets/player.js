// 読み上げ。声に合わせて文に色を付け、文ごとに進み、戻る。なくても、ページはすべて使える。
(() => {
  "use strict";

  const player = document.getElementById("page_player");
  const audio = player?.querySelector("audio");
  const track = audio?.textTracks[0];
  if (!audio || !track) return;

  const controls = player.querySelector(".controls");
  const speed = player.querySelector("select");
  const SPEED = "tsutawaru.speed";
  let spoken = null;
  let handledAt = -Infinity; // 読む人が自分でページを動かした時刻

  track.mode = "hidden";
  audio.preservesPitch = true;

  // 速さを覚える。保存を禁じている設定では、覚えないだけで動く。
  const remembered = () => {
    try { return localStorage.getItem(SPEED); } catch { return null; }
  };
  const remember = (value) => {
    try { localStorage.setItem(SPEED, value); } catch { /* 覚えられない設定 */ }
  };

  const setSpeed = (value) => {
    const known = [...speed.options].some((option) => option.value === value);
    if (!known) return;
    speed.value = value;
    audio.defaultPlaybackRate = audio.playbackRate = Number(value);
  };

  // 強調表示 ---------------------------------------------------------------

  const offScreen = (element) => {
    const box = element.getBoundingClientRect();
    const sticky = getComputedStyle(player).position === "sticky";
    const top = sticky ? player.getBoundingClientRect().bottom : 0;
    return box.top < Math.max(top, 0) || box.bottom > innerHeight;
  };

  const follow = (element) => {
    if (audio.paused || performance.now() - handledAt < 5000 || !offScreen(element)) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    element.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  };

  const mark = () => {
    const cue = track.activeCues?.[0];
    const element = cue ? document.getElementById(cue.id) : null;
    if (element === spoken) return;
    spoken?.classList.remove("is-spoken");
    spoken = element;
    spoken?.classList.add("is-spoken");
    if (spoken) follow(spoken);
  };

  track.addEventListener("cuechange", mark);
  audio.addEventListener("ended", () => {
    spoken?.classList.remove("is-spoken");
    spoken = null;
  });
  for (const type of ["wheel", "touchmove"]) {
    addEventListener(type, () => { handledAt = performance.now(); }, { passive: true });
  }

  // 文ごとの移動 -------------------------------------------------------------

  const cues = () => [...(track.cues ?? [])];

  const seek = (cue) => {
    audio.currentTime = cue.startTime + 0.001; // 前の文の終わりと重ならないように
    handledAt = -Infinity;
  };

  const move = (step) => {
    const all = cues();
    if (!all.length) return;
    const now = audio.currentTime;
    let index = all.findIndex((cue) => now < cue.endTime);
    if (index < 0) index = all.length - 1;
    // 文の途中から「前」は、まずその文の始めへ。
    const restart = step < 0 && now - all[index].startTime > 1.5;
    if (!restart) index += step;
    seek(all[Math.min(Math.max(index, 0), all.length - 1)]);
  };

  const playFrom = (sentenceId) => {
    const cue = cues().find((each) => each.id === sentenceId);
    if (!cue) return false;
    seek(cue);
    audio.play().catch(() => {});
    return true;
  };

  const toggle = () => {
    if (audio.paused) audio.play().catch(() => {});
    else audio.pause();
  };

  controls.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (button) move(Number(button.dataset.move));
  });

  speed.addEventListener("change", () => {
    setSpeed(speed.value);
    remember(speed.value);
  });

  // 押しまちがいで急に声が出ないように、文を押しての移動は、読み上げているあいだだけ。
  document.addEventListener("click", (event) => {
    const here = event.target.closest(".here");
    if (here) {
      playFrom(here.dataset.sentence);
      return;
    }
    if (audio.paused || event.target.closest("a, button, summary, audio, select")) return;
    const sentence = event.target.closest(".s");
    if (sentence && !String(getSelection())) playFrom(sentence.id);
  });

  // 近道のキーは、読み上げの枠の中にいるときだけ（WCAG 2.1.4）。
  player.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === speed) return;
    const action = { n: () => move(1), p: () => move(-1), k: toggle }[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  });

  const show = () => {
    player.classList.toggle("is-playing", !audio.paused);
    document.body.classList.toggle("can-seek", !audio.paused);
  };
  for (const type of ["play", "pause", "ended"]) audio.addEventListener(type, show);

  for (const element of [controls, player.querySelector("details"), ...document.querySelectorAll(".here")]) {
    element.hidden = false;
  }
  setSpeed(remembered() ?? "1");
})();
