/** Keys and passwords of the person (of voice services, of platforms). Never in the document, the database or a log. */
export interface SecretStore {
  /** null: none of this name, or one that this system's keychain cannot read any more. */
  get(name: string): Promise<string | null>;
  /** @throws StudioError when it cannot be kept */
  set(name: string, value: string): Promise<void>;
  delete(name: string): Promise<void>;
  /** Sorted; without what they hold. */
  names(): Promise<string[]>;
}
