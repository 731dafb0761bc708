import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// `npm run dev` beside `seedbed serve`: the pages from here, everything else from there.
const server = process.env["SEEDBED_SERVER"] ?? "http://127.0.0.1:8765";

export default defineConfig({
  plugins: [svelte()],
  build: {
    // hatch_build.py moves it into the package
    outDir: "dist",
    emptyOutDir: true,
    target: ["chrome111", "firefox114", "safari16.4"],
    // nothing inline: the policy is default-src 'self'
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      "/api": {
        target: server,
        ws: true,
        changeOrigin: true,
        // the server takes nothing from another origin, and here there is one
        headers: { origin: server },
      },
    },
  },
});
