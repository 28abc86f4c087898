"use strict";
document.querySelectorAll("table.sortable").forEach((table) => {
  const body = table.tBodies[0];
  const heads = Array.from(table.tHead.rows[table.tHead.rows.length - 1].cells);
  const key = (row, at) => row.cells[at].dataset.value ?? row.cells[at].textContent.trim();
  const compare = (a, b, numeric) => {
    if (numeric) return Number(a) - Number(b);
    return a.localeCompare(b, undefined, { numeric: true });
  };
  heads.forEach((head, at) => {
    const button = head.querySelector("button");
    if (!button) return;
    const numeric = head.classList.contains("figure");
    button.addEventListener("click", () => {
      const first = numeric ? "descending" : "ascending";
      const other = numeric ? "ascending" : "descending";
      const order = head.getAttribute("aria-sort") === first ? other : first;
      heads.forEach((each) => each.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      // what is not known comes last in either order
      const unknown = (row) => numeric && key(row, at) === "";
      const rows = Array.from(body.rows);
      rows.sort((a, b) => {
        if (unknown(a) || unknown(b)) return unknown(a) - unknown(b);
        return sign * compare(key(a, at), key(b, at), numeric);
      });
      body.append(...rows);
    });
  });
});
