import type { TriggerName } from './catalogue.ts';
import type { ChangedSource, Line } from './lines.ts';
import { isMigration } from './migrations.ts';
import type { Signal } from './signal.ts';

/** What makes a class, or a block, a thing that is stored: JPA, Django, SQLAlchemy, Active Record, EF, TypeORM, Mongoose, … */
const ENTITY =
  /@(?:Entity|Table|Document|MappedSuperclass)\b(?!\.)|\(\s*(?:[\w.]*\.)?(?:models\.Model|TimeStampedModel|db\.Model|DeclarativeBase)\s*[,)]|^\s+__tablename__\s*=|<\s*(?:ApplicationRecord|ActiveRecord::Base)\b|\bmongoose\.model\b|\bnew\s+(?:mongoose\.)?Schema\(|\bDbSet<|\.ToTable\(|\b(?:pg|sqlite|mysql)Table\(|\bsequelize\.define\(|\.entity\s*<\w+>\(/;

/** How stored things hang together, and what they are found by. */
const RELATION =
  /@(?:Embeddable|EmbeddedId|JoinColumn|JoinTable|ManyToOne|OneToMany|ManyToMany|OneToOne|PrimaryColumn|ObjectType)\b|\.Has(?:Key|One|Many)\(|\bmodels\.(?:ForeignKey|OneToOneField|ManyToManyField)\(|\b(?:db\.|sa\.)?(?:relationship|ForeignKey)\(|\b(?:has_many|belongs_to|has_one|has_and_belongs_to_many)\s+:|\.(?:hasMany|belongsTo|belongsToMany|hasOne)\(/;

/** A field with its type: what was stored as one thing and is now another has to be carried over. */
const FIELDS: readonly RegExp[] = [
  /^\s+(?<name>\w+)\s*=\s*models\.(?<type>\w+Field)\(/,
  /^\s+(?<name>\w+)\s*(?::\s*Mapped\[[^\]]*\])?\s*=\s*(?:\w+\.)?(?:mapped_column|Column)\(\s*(?:\w+\.)?(?<type>\w+)/,
];

const PRISMA_BLOCK = /^\s*(?:model|view|type|enum)\s+\w+\s*\{/;
const PRISMA_RELATION = /@relation\b|@@?id\b/;
const PRISMA_FIELD = /^\s+(?<name>\w+)\s+(?<type>\w+(?:\[\])?\??)(?:\s|$)/;

const STORED = 'the data model: what is stored';
const KEYS = 'the data model: what is stored, and under which keys';

/** New and lost entities, relations, and fields of another type, by the words of the usual mappers; an index is none of these. */
export function findDataModel(change: ChangedSource): Signal[] {
  const { file, place, language, aside, added, removed } = change;
  const isPrisma = place.name.endsWith('.prisma') && !aside;
  if ((language === null && !isPrisma) || isMigration(place)) return [];
  const [entity, relation, fields] = isPrisma
    ? [PRISMA_BLOCK, PRISMA_RELATION, [PRISMA_FIELD]]
    : [ENTITY, RELATION, FIELDS];
  const signal = (trigger: TriggerName, because: string, line: Line): Signal => ({
    ...{ trigger, because, path: file.path },
    line: trigger === 'data-model-removed' ? null : line.line,
  });
  const fresh = added.filter(({ text }) => entity.test(text)).map((line) => signal('data-entity', STORED, line));
  const tied = added.filter(({ text }) => relation.test(text)).map((line) => signal('data-model', KEYS, line));
  const retyped = changedTypes(added, removed, fields).map((line) => signal('data-model', STORED, line));
  if (fresh.length + tied.length + retyped.length > 0) return [...fresh, ...tied, ...retyped];
  const gone = removed.filter(({ text }) => entity.test(text) || relation.test(text));
  return gone.map((line) => signal('data-model-removed', KEYS, line));
}

function changedTypes(added: readonly Line[], removed: readonly Line[], fields: readonly RegExp[]): Line[] {
  const before = new Map(removed.flatMap((line) => typeOn(line, fields) ?? []));
  if (before.size === 0) return [];
  return added.filter((line) => {
    const [[name, type] = []] = typeOn(line, fields) ?? [];
    const old = name === undefined ? undefined : before.get(name);
    return old !== undefined && old !== type;
  });
}

/** The name and type of the field on a line, as the only entry of a list. */
function typeOn({ text }: Line, fields: readonly RegExp[]): [string, string][] | null {
  for (const field of fields) {
    const { name, type } = field.exec(text)?.groups ?? {};
    if (name !== undefined && type !== undefined) return [[name, type]];
  }
  return null;
}
