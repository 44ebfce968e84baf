/** What a voice says of itself when it is tried: a sentence in its own language. */

const GREETINGS: Readonly<Record<string, string>> = {
  ar: 'مرحبا، هكذا يبدو صوتي.',
  bn: 'নমস্কার, আমার কণ্ঠ এমন শোনায়।',
  ca: 'Hola, així sona la meva veu.',
  cmn: '你好，这就是我的声音，很高兴认识你。',
  cs: 'Dobrý den, takto zní můj hlas.',
  da: 'Hej, sådan lyder min stemme.',
  de: 'Hallo, so klingt meine Stimme.',
  el: 'Γεια σας, έτσι ακούγεται η φωνή μου.',
  en: 'Hello, this is how my voice sounds. Nice to meet you.',
  eo: 'Saluton, tiel sonas mia voĉo.',
  es: 'Hola, así suena mi voz.',
  fa: 'سلام، صدای من این‌گونه است.',
  fi: 'Hei, tältä ääneni kuulostaa.',
  fr: 'Bonjour, voici comment sonne ma voix.',
  hak: '你好，這就係𠊎个聲音。',
  he: 'שלום, כך נשמע הקול שלי.',
  hi: 'नमस्ते, मेरी आवाज़ ऐसी है।',
  hu: 'Jó napot, így szól a hangom.',
  id: 'Halo, beginilah suara saya.',
  it: 'Ciao, così suona la mia voce.',
  ja: 'こんにちは、わたしのこえはこのようにきこえます。',
  ko: '안녕하세요, 제 목소리는 이렇게 들립니다.',
  la: 'Salve, sic sonat vox mea.',
  ms: 'Helo, beginilah suara saya.',
  nb: 'Hei, slik høres stemmen min ut.',
  nl: 'Hallo, zo klinkt mijn stem.',
  pl: 'Dzień dobry, tak brzmi mój głos.',
  pt: 'Olá, é assim que soa a minha voz.',
  ro: 'Bună ziua, așa sună vocea mea.',
  ru: 'Здравствуйте, вот так звучит мой голос.',
  sk: 'Dobrý deň, takto znie môj hlas.',
  sv: 'Hej, så här låter min röst.',
  sw: 'Habari, hivi ndivyo sauti yangu inavyosikika.',
  ta: 'வணக்கம், என் குரல் இப்படித்தான் ஒலிக்கும்.',
  th: 'สวัสดี นี่คือเสียงของฉัน',
  tr: 'Merhaba, sesim böyle duyuluyor.',
  uk: 'Вітаю, ось так звучить мій голос.',
  vi: 'Xin chào, giọng của tôi nghe như thế này.',
  yue: '你好，呢個就係我把聲，好高興識到你。',
};

/** By the voice's first language that has one, with or without its region; else numbers and names that every voice can say. */
export function greetingFor(languages: readonly string[]): string {
  for (const tag of languages) {
    const whole = tag.toLowerCase();
    const found = GREETINGS[whole] ?? GREETINGS[whole.split('-')[0]!];
    if (found !== undefined) return found;
  }
  return 'Ana, Leo, Nina, Marco, Sara. 1, 2, 3, 4, 5.';
}
