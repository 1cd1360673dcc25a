// Simulated support tickets, made from phrases of our own: the true probability that each is urgent is known.
import { sigmoid } from '../kernels/elementary.ts';
import { type Draws, drawsOf } from './draws.ts';
import type { Simulated } from './simulated.ts';

/** A simulated ticket and what the simulator knows about it. */
export interface SimulatedTicket {
  /** Lower case, without commas and quotes. */
  readonly text: string;
  /** Whether it asks politely, which says nothing about urgency. */
  readonly polite: 'yes' | 'no';
  /** The true probability that it is urgent. */
  readonly truth: number;
  /** 1 if it is urgent, drawn with that probability. */
  readonly urgent: 0 | 1;
  /** What the history says, which the teacher learned from: polite tickets were taken for less urgent than they were (HISTORY). */
  readonly recorded: 0 | 1;
}

/** Phrases and what they add to the log-odds of urgency. */
const PROBLEMS = {
  'the server is down': 1.8,
  'nobody can log in': 1.7,
  'payments fail': 1.9,
  'we are losing orders': 2.2,
  'records vanished after the update': 1.3,
  'the app crashes on start': 1,
  'backups stopped': 0.9,
  'the reset mail arrives late': -0.3,
  'the export takes ages': -0.5,
  'search shows old results': -0.7,
  'the invoice has a typo': -1.4,
  'a chart has the wrong colour': -2,
  'we would like a dark theme': -2.4,
  'how do i change an address': -2.2,
} as const;
const PLACES = {
  'in production': 0.9,
  'for everyone': 1.1,
  'in one branch': -0.3,
  'for one colleague': -0.9,
  'on the test system': -1.9,
  'on an old phone': -1,
} as const;
const TIMES = {
  'since this morning': 0.5,
  'before the audit': 0.9,
  'after the weekend': 0,
  'now and then': -0.7,
  'for months': -1,
} as const;
const WAYS = {
  'there is no workaround': 0.8,
  'restarting helps': -0.9,
  'we use the phone instead': -0.4,
  '': 0,
} as const;
const TEAMS = 'sales finance legal warehouse design research billing support logistics training'.split(' ');
const MODULES = 'calendar inbox ledger catalogue dashboard scanner planner archive portal roster'.split(' ');
const POLITE = ['many thanks for your kind help', 'would you please have a look', 'thank you so much in advance'];
const PLAIN = ['fix it', 'waiting for news', 'ticket from the form'];
/** What the history adds to the true log-odds: for all tickets, and for polite ones, wrongly. */
const HISTORY = { all: 0.7, polite: -2.4 } as const;

/** The example's number among the substreams. */
const EXAMPLE = 2;

/** Simulates tickets, the same for the same seed on every host. @param seed an integer from 0 */
export function simulateTickets(rows: number, seed: number): SimulatedTicket[] {
  const draws = drawsOf(seed, EXAMPLE);
  const one = <T>(list: readonly T[]): T => list[Math.floor(draws.uniform() * list.length)] as T;
  return Array.from({ length: rows }, () => {
    const parts = [PROBLEMS, PLACES, TIMES, WAYS].map((phrases) => drawPhrase(phrases, draws));
    const isPolite = draws.uniform() < 0.3;
    const logOdds = parts.reduce((sum, { effect }) => sum + effect, -0.9);
    const closing = one(isPolite ? POLITE : PLAIN);
    const [problem, ...rest] = parts.map(({ phrase }) => phrase);
    const words = [problem, `in the ${one(MODULES)} of ${one(TEAMS)}`, ...rest, closing];
    const penalty = HISTORY.all + (isPolite ? HISTORY.polite : 0);
    return {
      text: words.filter((phrase) => phrase !== '').join(' '),
      polite: isPolite ? 'yes' : 'no',
      truth: sigmoid(logOdds),
      urgent: draws.uniform() < sigmoid(logOdds) ? 1 : 0,
      recorded: draws.uniform() < sigmoid(logOdds + penalty) ? 1 : 0,
    };
  });
}

/** The same as a table; class 1 is `urgent`. */
export function ticketRows(rows: number, seed: number): Simulated {
  const tickets = simulateTickets(rows, seed);
  return {
    columns: ['text', 'polite'],
    target: 'urgent',
    rows: tickets.map(({ text, polite }) => [text, polite]),
    labels: tickets.map(({ urgent }) => urgent),
    truth: tickets.map(({ truth }) => truth),
  };
}

function drawPhrase(phrases: Readonly<Record<string, number>>, draws: Draws): { phrase: string; effect: number } {
  const names = Object.keys(phrases);
  const phrase = names[Math.floor(draws.uniform() * names.length)] as string;
  return { phrase, effect: phrases[phrase] as number };
}
