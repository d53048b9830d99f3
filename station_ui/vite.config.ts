import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// `make page` builds; `station_ui/dist` is what the station serves. No script is inline: its policy forbids them.
export default defineConfig({
  plugins: [svelte()],
  build: {
    target: "chrome120",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
