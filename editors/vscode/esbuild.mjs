// Bundles the extension into dist/extension.js (--production: minified), or with --tests the unit tests into out/tests.js.
import { copyFileSync, readdirSync } from "node:fs";
import { build } from "esbuild";

const flags = new Set(process.argv.slice(2));
const common = { bundle: true, platform: "node", target: "node20", format: "cjs", external: ["vscode"], logLevel: "warning" };

if (flags.has("--tests")) {
  const imports = readdirSync("test").filter((name) => name.endsWith(".test.ts")).map((name) => `import "./${name}";`);
  const stdin = { contents: imports.join("\n"), resolveDir: "test" };
  await build({ ...common, stdin, outfile: "out/tests.js", sourcemap: "inline" });
} else {
  const production = flags.has("--production");
  await build({
    ...common,
    entryPoints: ["src/extension.ts"],
    outfile: "dist/extension.js",
    minify: production,
    sourcemap: production ? false : "linked",
  });
  copyFileSync("../../LICENSE", "LICENSE"); // vsce takes it from beside package.json
}
