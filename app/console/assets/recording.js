// 文の始まりから終わりまでを、ページを移らずに聞く。なくても、リンクから聞ける。
(() => {
  "use strict";

  const audio = document.getElementById("recording");
  if (!audio) return;
  let end = Infinity;

  for (const link of document.querySelectorAll("a[data-begin]")) {
    link.setAttribute("role", "button");
    link.addEventListener("click", (event) => {
      event.preventDefault();
      // 書きかえた秒で聞く（保存する前でも）。
      const fields = [...document.querySelectorAll(".borders-list li")];
      const place = fields.indexOf(link.closest("li"));
      const second = (item) => Number(item?.querySelector(".seconds")?.value);
      audio.currentTime = second(fields[place]) || 0;
      end = second(fields[place + 1]) || Infinity;
      audio.play().catch(() => {});
    });
  }
  audio.addEventListener("timeupdate", () => {
    if (audio.currentTime >= end) {
      audio.pause();
      end = Infinity;
    }
  });
})();
