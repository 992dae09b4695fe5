/** Models that fill in the middle and come through Ollama, with what a user must know before downloading one. */

export interface Model {
  /** Ollama's name. */
  readonly name: string;
  /** GB to download, and about what it takes in memory. */
  readonly gb: number;
  readonly licence: string;
  /** Set when the licence forbids what most people do. */
  readonly warning?: string;
}

/** The best first. */
export const MODELS: readonly Model[] = [
  { name: "qwen2.5-coder:14b-base", gb: 9, licence: "Apache 2.0" },
  { name: "qwen2.5-coder:7b-base", gb: 4.7, licence: "Apache 2.0" },
  { name: "qwen2.5-coder:1.5b-base", gb: 1, licence: "Apache 2.0" },
  { name: "qwen2.5-coder:0.5b-base", gb: 0.4, licence: "Apache 2.0" },
  {
    name: "codestral",
    gb: 13,
    licence: "Mistral AI Non-Production Licence",
    warning: "not for production: testing and research only",
  },
];

/** Share of the memory that a model may take: the editor and the code's own tools want some too. */
const SHARE = 0.4;

/** The best model whose licence is clean and that fits the machine; the smallest when none does. */
export function recommend(memoryGb: number): Model {
  const clean = MODELS.filter(({ warning }) => !warning);
  return clean.find(({ gb }) => gb <= memoryGb * SHARE) ?? clean.at(-1)!;
}

/** One line about a model, the licence in it. */
export function describe({ gb, licence, warning }: Model): string {
  return [`${gb} GB`, licence, ...(warning ? [warning] : [])].join(" · ");
}
