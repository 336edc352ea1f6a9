// Plain JavaScript that old versions can parse, run before anything they can't: `npm start` and the agent begin with it.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `kubenurse needs Node 22.18 or newer, this is ${process.versions.node}: ` +
      "run it through npm, which brings Node 24 (npm ci --ignore-scripts=false), or install Node 24\n",
  );
  process.exit(1);
}
