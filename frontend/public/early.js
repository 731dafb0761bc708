// Runs before the first paint, so that a page never flashes in the other look. A file of its own: the server's
// content security policy allows no script inside a page.
try {
  var look = localStorage.getItem("seedbed.look");
  if (look === "light" || look === "dark") document.documentElement.dataset.look = look;
} catch (error) {
  // storage is closed to this page: the system's look stands
}
