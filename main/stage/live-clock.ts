/** Countdowns and clocks: drawn anew when what they say changes, once a second. */
import type { LiveOverlay } from '../../app/document/live-overlays.ts';
import type { Sprite } from './i420.ts';
import {
  castSheet,
  centredBaseline,
  type DrawnOverlay,
  ellipsised,
  fillGround,
  fittingLettering,
  type LiveStage,
  lettering,
  mixColour,
  type OverlayMoment,
  oneLine,
  paintSprite,
  px,
  roundedBox,
  shadowPad,
  write,
} from './live-paint.ts';

type Countdown = Extract<LiveOverlay, { kind: 'countdown' }>;
type Clock = Extract<LiveOverlay, { kind: 'clock' }>;

/** Keeps the last picture for as long as the words stay the same. */
function remembering(draw: (words: string) => Sprite): (words: string) => Sprite {
  let words: string | null = null;
  let sprite: Sprite | null = null;
  return (wanted) => {
    if (sprite === null || wanted !== words) {
      words = wanted;
      sprite = draw(wanted);
    }
    return sprite;
  };
}

/** What is left, ms; negative when it has run out. null: it counts to a moment, and nobody has said what time it is. */
export function countdownLeft({ to }: Pick<Countdown, 'to'>, { shownMs, wallMs }: OverlayMoment): number | null {
  if (to.kind === 'duration') return to.ms - shownMs;
  return wallMs === null ? null : Date.parse(to.at) - wallMs;
}

/** `[days, hours, minutes, seconds]`, seconds rounded up: `00:00:00` stands from the end itself on. */
export function countdownParts(leftMs: number): [number, number, number, number] {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000));
  return [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `end`: the words of its end stand in it. */
const countdownWords = (left: number | null): string => {
  if (left === null) return '--:--:--';
  const [days, hours, minutes, seconds] = countdownParts(left);
  return `${days > 0 ? `${days}d` : ''}${two(hours)}:${two(minutes)}:${two(seconds)}`;
};

export function drawCountdown(countdown: Countdown, stage: LiveStage): DrawnOverlay {
  const atEnd = oneLine(countdown.atEnd);
  const box = countdownBox(countdown, stage);
  const drawn = remembering((words) => (words === 'end' ? box.end(atEnd) : box.digits(words)));
  return {
    at: (moment) => {
      const left = countdownLeft(countdown, moment);
      return drawn(left !== null && left <= 0 && atEnd !== '' ? 'end' : countdownWords(left));
    },
    // With nothing to say at its end it goes as it would be hidden.
    presence: (moment) => {
      const left = countdownLeft(countdown, moment);
      if (left === null || left > 0 || atEnd !== '') return 1;
      const { kind, ms } = countdown.transition;
      return kind === 'none' || ms === 0 ? 0 : Math.max(0, 1 + left / ms);
    },
  };
}

function countdownBox(countdown: Countdown, stage: LiveStage) {
  const { ground, textColour, place } = countdown;
  const width = px(place.width, stage.widthPx);
  const inset = Math.min(width * 0.05, stage.unit * 0.022);
  const room = width - inset * 2;
  /** In ems of the digits: a pair's box, and what stands between two. */
  const pair = 1.5;
  const between = 0.46;
  const days = countdown.to.kind === 'moment' ? 2.4 : 0;
  const em = Math.min(stage.unit * 0.062, room / (days + pair * 3 + between * 2));
  const digits = lettering(em, 'bold');
  const small = lettering(em * 0.62, 'bold');
  const title = oneLine(countdown.title);
  const titleLetters = fittingLettering(title, em * 0.72, em * 0.5, room, 'bold');
  const titleRow = title === '' ? 0 : titleLetters.emPx * 1.5;
  const cell = em * 1.42;
  const height = Math.round(inset * 2 + titleRow + cell);
  const paint = (inside: (context: Parameters<Parameters<typeof paintSprite>[2]>[0], top: number) => void): Sprite =>
    paintSprite(
      { x: place.x * stage.widthPx, y: place.y * stage.heightPx, width, height },
      shadowPad(stage),
      (context) => {
        castSheet(context, width, height, Math.min(stage.unit * 0.022, height * 0.2), stage, () =>
          fillGround(context, ground, 0, height),
        );
        if (title !== '') {
          const shown = ellipsised(title, titleLetters.measure, room);
          const baseline = centredBaseline(inset - titleRow * 0.08, titleRow, titleLetters.emPx);
          write(context, shown, width / 2, baseline, titleLetters, textColour, 'centre');
        }
        inside(context, inset + titleRow);
      },
    );
  return {
    end: (words: string): Sprite =>
      paint((context, top) => {
        const letters = fittingLettering(words, em, em * 0.5, room, 'bold');
        const shown = ellipsised(words, letters.measure, room);
        write(context, shown, width / 2, centredBaseline(top, cell, letters.emPx), letters, textColour, 'centre');
      }),
    digits: (words: string): Sprite =>
      paint((context, top) => {
        const [, dayCount, rest] = /^(?:(\d+)d)?(.*)$/.exec(words)!;
        const pairs = rest!.split(':');
        const dayWidth = dayCount === undefined ? 0 : digits.measure(dayCount) + small.measure('天') + em * 0.5;
        let x = (width - dayWidth - em * (pair * 3 + between * 2)) / 2;
        if (dayCount !== undefined) {
          const baseline = centredBaseline(top, cell, em);
          write(context, dayCount, x, baseline, digits, textColour);
          write(context, '天', x + digits.measure(dayCount) + em * 0.12, baseline, small, textColour);
          x += dayWidth;
        }
        pairs.forEach((text, i) => {
          roundedBox(context, x, top, em * pair, cell, em * 0.22);
          context.fillStyle = textColour;
          context.fill();
          const colour = mixColour(ground, '#000000', 0.1);
          write(context, text, x + (em * pair) / 2, centredBaseline(top, cell, em), digits, colour, 'centre');
          x += em * pair;
          if (i === 2) return;
          write(
            context,
            ':',
            x + (em * between) / 2,
            centredBaseline(top, cell, em) - em * 0.06,
            digits,
            textColour,
            'centre',
          );
          x += em * between;
        });
      }),
  };
}

/** What a clock says: date (empty where it says none) and time. Throws RangeError for a time zone this system does not know. */
export function clockReader({ seconds, date, timeZone }: Pick<Clock, 'seconds' | 'date' | 'timeZone'>) {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
    ...{ hourCycle: 'h23', ...(timeZone === null ? {} : { timeZone }) },
  } as Intl.DateTimeFormatOptions);
  return (wallMs: number): { date: string; time: string } => {
    const part = Object.fromEntries(format.formatToParts(wallMs).map(({ type, value }) => [type, value]));
    return {
      date: date ? `${part.year}-${part.month}-${part.day}` : '',
      time: `${part.hour}:${part.minute}${seconds ? `:${part.second}` : ''}`,
    };
  };
}

/** A clock of a time zone that is not known shows the machine's own time; `onUnknownZone` is told. */
export function drawClock(clock: Clock, stage: LiveStage, onUnknownZone: (timeZone: string) => void): DrawnOverlay {
  let read: ReturnType<typeof clockReader>;
  try {
    read = clockReader(clock);
  } catch {
    onUnknownZone(clock.timeZone ?? '');
    read = clockReader({ ...clock, timeZone: null });
  }
  const width = px(clock.place.width, stage.widthPx);
  const inset = Math.min(width * 0.07, stage.unit * 0.02);
  const pattern = clock.seconds ? '00:00:00' : '00:00';
  const letters = fittingLettering(pattern, stage.unit * 0.062, 4, width - inset * 2, 'bold');
  const em = letters.emPx;
  const small = fittingLettering('0000-00-00', em * 0.5, 4, width - inset * 2);
  const row = em * 1.3;
  const dateRow = clock.date ? small.emPx * 1.3 : 0;
  const height = Math.round(row + dateRow + inset);
  // Every figure has the same room, so that nothing moves but what changes.
  const figure = Math.max(...Array.from('0123456789', letters.measure));
  const colon = letters.measure(':');
  const lineWidth = Array.from(pattern, (mark) => (mark === ':' ? colon : figure)).reduce((sum, w) => sum + w, 0);
  const box = { x: clock.place.x * stage.widthPx, y: clock.place.y * stage.heightPx, width, height };
  const drawn = remembering((words) => {
    const [time = '', date = ''] = words.split(' ');
    return paintSprite(box, shadowPad(stage), (context) => {
      castSheet(context, width, height, Math.min(stage.unit * 0.022, height * 0.26), stage, () =>
        fillGround(context, clock.ground, 0, height),
      );
      const top = inset / 2;
      let x = (width - lineWidth) / 2;
      const baseline = centredBaseline(top, row, em);
      for (const mark of time) {
        const room = mark === ':' ? colon : figure;
        const lift = mark === ':' ? em * 0.06 : 0;
        write(context, mark, x + room / 2, baseline - lift, letters, clock.textColour, 'centre');
        x += room;
      }
      if (date !== '') {
        const colour = mixColour(clock.textColour, clock.ground, 0.12);
        write(
          context,
          date,
          width / 2,
          centredBaseline(top + row - em * 0.08, dateRow, small.emPx),
          small,
          colour,
          'centre',
        );
      }
    });
  });
  let second = Number.NaN;
  let words = '';
  return {
    at: ({ wallMs }) => {
      if (wallMs === null) return null;
      // Reading the calendar costs more than all the rest of a frame's overlays.
      if (Math.floor(wallMs / 1000) !== second) {
        second = Math.floor(wallMs / 1000);
        const { date, time } = read(wallMs);
        words = `${time} ${date}`;
      }
      return drawn(words);
    },
  };
}
