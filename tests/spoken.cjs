// Formulas, a JSON list of MathML on standard input, as a screen reader's engine says them.
// NODE_PATH has the package speech-rule-engine; the first argument is the domain of its rules.
const sre = require("speech-rule-engine");
const chunks = [];
process.stdin.on("data", (chunk) => chunks.push(chunk)).on("end", async () => {
  await sre.setupEngine({ locale: "en", domain: process.argv[2], modality: "speech" });
  await sre.engineReady();
  const formulas = JSON.parse(Buffer.concat(chunks).toString());
  process.stdout.write(JSON.stringify(formulas.map((formula) => sre.toSpeech(formula))));
});
