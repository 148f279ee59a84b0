// 版を作る様子を、ページを開き直さずに見せる。なくても「今の様子を見る」で分かる。
"use strict";

(() => {
  const every = 2000;
  const place = document.getElementById("progress");
  const status = document.getElementById("progress_said");
  if (!place) return;
  let said = "";

  function tell() {
    const shown = place.firstElementChild;
    if (shown && shown.dataset.said !== said) {
      if (said) status.textContent = shown.dataset.said; // 始めの様子は、ページに書いてある
      said = shown.dataset.said;
    }
    return shown && "open" in shown.dataset;
  }

  async function look() {
    try {
      const answer = await fetch(place.dataset.now, { headers: { Accept: "text/html" } });
      if (answer.status === 401 || answer.status === 404) return;
      if (answer.ok) {
        const html = (await answer.text()).trim();
        const held = place.contains(document.activeElement);
        if (!held && html !== place.innerHTML.trim()) place.innerHTML = html;
      }
    } catch {
      // つながらないときは、次にまた見る
    }
    if (tell()) setTimeout(look, every);
  }

  if (tell()) setTimeout(look, every);
})();
