/** Takes secrets out of what libraries and children print, before it is kept or shown. */

export interface Redactor {
  /** Stand-ins from now on in its place. Too short to be a secret: passed over. */
  add(secret: string): void;
  clean(text: string): string;
}

const STAND_IN = '***';
const SHORTEST = 4;

export function createRedactor(): Redactor {
  let secrets: string[] = [];
  return {
    add(secret) {
      const forms = [secret, encodeURIComponent(secret), ...secret.split(/[?&=/]/)];
      const fresh = forms.filter((form) => form.length >= SHORTEST && !secrets.includes(form));
      // The longest first, so that no end of one is left.
      secrets = [...secrets, ...fresh].sort((a, b) => b.length - a.length);
    },
    clean(text) {
      let out = text;
      for (const secret of secrets) out = out.replaceAll(secret, STAND_IN);
      return out
        .replace(/\b(rtmps?:\/\/)(?:[^\s/@"']*@)?([^\s/"']+)\/[^\s"']*/gi, `$1$2/${STAND_IN}`)
        .replace(/([?&;\s"'](?:token|key|sign|secret|auth_key|txSecret|password)=)[^\s&"']+/gi, `$1${STAND_IN}`);
    },
  };
}
