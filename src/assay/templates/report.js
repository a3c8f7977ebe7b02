for (const table of document.querySelectorAll("table.sortable")) {
  const heads = Array.from(table.tHead.rows[0].cells), body = table.tBodies[0];
  heads.forEach((head, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = (row) => row.cells[place].dataset.value ?? row.cells[place].textContent.trim();
      const compare = (one, other) => {
        const left = key(one), right = key(other), numbers = left !== "" && right !== "" && !isNaN(left) && !isNaN(right);
        return numbers ? left - right : left.localeCompare(right, undefined, { numeric: true });
      };
      const rows = Array.from(body.rows).sort(compare);
      if (down) rows.reverse();
      body.append(...rows);
    });
  });
}
