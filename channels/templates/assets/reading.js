// 読み方の助け。言葉の間を空けるかどうかを覚え、言葉の説明をその場で開く。なくても、ページはすべて使える。
(() => {
  "use strict";

  // 分かち書き。空けるのは CSS で、ここは覚えるだけ。保存を禁じている設定では、覚えない。
  const spaced = document.querySelector("input.spaced");
  const SPACED = "tsutawaru.spaced";
  const restore = () => {
    try {
      const kept = localStorage.getItem(SPACED);
      if (spaced && kept) spaced.checked = kept === "yes";
    } catch { /* 覚えられない設定 */ }
  };
  spaced?.addEventListener("change", () => {
    try { localStorage.setItem(SPACED, spaced.checked ? "yes" : "no"); } catch { /* 同じ */ }
  });
  restore();
  addEventListener("pageshow", restore); // 「戻る」で開いたときも

  // 言葉の説明。Escape、外を押すこと、「閉じる」で閉じ、焦点は語に戻る（popover の決まり）。
  const box = document.getElementById("page_word");
  if (!box?.showPopover) return;
  box.hidden = false;
  // その場で開くので、一覧から本文にもどるリンクはいらない（キーボードで通る所を増やさない）。
  for (const back of document.querySelectorAll(".words .back")) back.hidden = true;

  const place = (link) => {
    const word = link.getBoundingClientRect();
    const { width, height } = box.getBoundingClientRect();
    const left = Math.min(word.left, document.documentElement.clientWidth - width - 16);
    const below = word.bottom + 8;
    const top = below + height > innerHeight && word.top - height - 8 > 0 ? word.top - height - 8 : below;
    box.style.left = `${scrollX + Math.max(left, 16)}px`;
    box.style.top = `${scrollY + top}px`;
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.word");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const entry = document.getElementById(link.hash.slice(1));
    if (!entry) return;
    event.preventDefault();
    const copy = entry.cloneNode(true);
    copy.removeAttribute("id");
    copy.querySelector(".back")?.remove();
    box.querySelector("dl").replaceChildren(copy);
    box.showPopover({ source: link });
    place(link);
    box.focus({ preventScroll: true });
  });

  // 説明から次の語に移ったら閉じる。移った先が、説明に隠れない。
  document.addEventListener("focusin", (event) => {
    if (box.matches(":popover-open") && !box.contains(event.target)) box.hidePopover();
  });
})();
