/** @type {import("@sveltejs/vite-plugin-svelte").SvelteConfig} */
export default {
  compilerOptions: {
    runes: true,
    // tables name their roles: laid out as cards on a phone, browsers would no longer take them for tables
    warningFilter: (warning) => warning.code !== "a11y_no_redundant_roles",
  },
};
