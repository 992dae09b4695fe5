/** The models that there are to choose from, as the server tells them (`codestral.models`). */

export interface Offer {
  /** Ollama's name. */
  readonly name: string;
  /** To download, and about what it takes in memory. */
  readonly bytes: number;
  readonly licence: string;
  readonly installed: boolean;
  /** Fits the machine, and its licence lets everybody use it for everything. */
  readonly recommended: boolean;
}

export interface Models {
  /** The names of the models that Ollama has. */
  readonly installed: readonly string[];
  /** The largest first. */
  readonly offers: readonly Offer[];
}

/** One line about a model, the licence in it. */
export function describe({ bytes, licence }: Offer): string {
  return `${Number((bytes / 1e9).toFixed(1))} GB · ${licence}`;
}

/** The offers as a list to choose from, the recommended one first. */
export function choices(offers: readonly Offer[]): { label: string; description: string; detail: string; offer: Offer }[] {
  return offers
    .map((offer) => ({
      label: offer.name,
      description: describe(offer),
      detail: [offer.installed ? "already here" : "to be downloaded", ...(offer.recommended ? ["recommended for this machine"] : [])].join(", "),
      offer,
    }))
    .sort((one, other) => Number(other.offer.recommended) - Number(one.offer.recommended));
}
