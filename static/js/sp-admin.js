// Names what Django's administration leaves without a name for who hears a page: fields that are filled by typing, whose
// boxes a script makes, fields for a date and a time under one label, and the filter for what is empty.

const nameOf = (field) =>
  field.closest(".form-row")?.querySelector("label, legend")?.textContent.replace(/:\s*$/, "").trim();

function name(root) {
  for (const box of root.querySelectorAll(".select2-selection, .select2-selection [role=textbox]")) {
    const label = nameOf(box);
    if (!label) continue;
    box.removeAttribute("aria-labelledby");
    box.setAttribute("aria-label", label);
  }
  for (const field of root.querySelectorAll("input.vDateField, input.vTimeField")) {
    const label = nameOf(field);
    const part = field.previousSibling?.textContent.trim() ?? "";
    if (label && !field.labels.length) field.setAttribute("aria-label", `${label}, ${part}`);
  }
  for (const link of root.querySelectorAll("#changelist-filter a")) {
    if (!link.textContent.trim()) link.textContent = "–";
  }
}

// The boxes come after the page is there, and more of them with each row that is added.
new MutationObserver(() => name(document)).observe(document.body, { childList: true, subtree: true });
name(document);
