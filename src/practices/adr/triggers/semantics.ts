import { anyOf } from '../../../model/any-of.ts';
import { baseName } from '../../../model/package-files.ts';
import type { ChangedFile } from '../../../model/pull-request.ts';
import type { TriggerName } from './catalogue.ts';
import { findDataModel } from './data-model.ts';
import type { ChangedSource, Line } from './lines.ts';
import { isMigration } from './migrations.ts';
import type { Language } from './places.ts';
import type { Signal } from './signal.ts';
import { findSignatures } from './signatures.ts';

/** Words of code that speak of one matter, in whatever language. */
interface Vocabulary {
  trigger: TriggerName;
  because: string;
  words: RegExp;
  /** What taking such code away is called; left out where it says nothing. */
  removedAs?: TriggerName;
}

const VOCABULARIES: readonly Vocabulary[] = [
  {
    trigger: 'concurrency',
    because: 'what runs at the same time, and what guards it',
    removedAs: 'concurrency-removed',
    words:
      /\b(?:ReentrantLock|ReadWriteLock|StampedLock|Semaphore(?:Slim)?|CountDownLatch|Concurrent(?:HashMap|Map|Dictionary|Queue|Bag)|BlockingCollection|(?:Manual|Auto)ResetEvent\w*|Interlocked|ExecutorService|Executors|ThreadPool\w*|ScheduledExecutor\w*|Parallel\.For\w*|Task\.Run|BackgroundService|IHostedService|MaxDegreeOfParallelism|sync\.(?:Mutex|RWMutex|WaitGroup|Once|Map|Pool)|errgroup|sync\/atomic|Atomic(?:Integer|Long|Boolean|Reference)|select_for_update|threading\.\w+|multiprocessing|concurrent\.futures|asyncio\.(?:Lock|Semaphore|gather|Queue|create_task)|Mutex|RwLock|tokio::spawn|worker_threads|SharedArrayBuffer|with_lock|advisory_lock|perform_(?:later|async)|[Ss]idekiq|shared_task|compareAndSet|CompareExchange|acquire_lock|release_lock|EnableAsync|EnableScheduling)\b|@(?:Async|Scheduled)\b|\block\s*\((?:_|this|\w*[Ll]ock)|\bsynchronized\b|\bmake\(chan\b|\bgo func\(/,
  },
  {
    trigger: 'endpoint',
    because: 'an interface that others call (a route or a command)',
    words:
      /@(?:Get|Post|Put|Delete|Patch|Request)Mapping\b|^\s*@(?:GET|POST|PUT|DELETE|PATCH)\b|\[Http(?:Get|Post|Put|Delete|Patch)\b|\b(?:app|router|server|fastify|routes?)\.(?:get|post|put|patch|delete)\(\s*['"`/]|@(?:app|router|bp|blueprint|api)\.(?:route|get|post|put|patch|delete)\(|\brouter\.register\(|@action\(|\badd_url_rule\(|\.HandleFunc\(|@(?:Query|Mutation|Subscription)DataFetcher\b|\bcobra\.Command\{|(?:ViewSet|APIView)\)\s*:|@(?:CommandLine\.)?Command\(|@click\.(?:command|group)\(|\.add_parser\(|\.command\(\s*['"`]/,
  },
  {
    trigger: 'external-call',
    because: 'a service of others that the product calls',
    removedAs: 'external-call-removed',
    words:
      /\b(?:RestTemplate|WebClient|HttpClient|HttpClientFactory|IHttpClientFactory|HttpURLConnection|OkHttpClient|Retrofit|FeignClient|RestClient|axios\.create|superagent|requests\.Session|httpx\.(?:Async)?Client|aiohttp\.ClientSession|OAuth2Session|Net::HTTP|Faraday|HTTParty|http\.Client\{|http\.NewRequest\w*|reqwest|Unirest|ApolloClient|grpc\.(?:Dial|NewClient|insecure_channel|secure_channel)|ServiceBusClient|(?:Sqs|Sns|S3|DynamoDb|DynamoDB|Lambda|SecretsManager)Client|AmazonS3Client|AmazonDynamoDBClient|BlobServiceClient|boto3|KafkaProducer|KafkaConsumer|stripe\.\w+\.\w+)\b/,
  },
  {
    trigger: 'identity',
    because: 'how people and services prove who they are',
    removedAs: 'identity-removed',
    words:
      /\b(?:oauth2?|oidc|openid|saml2?|jwks?|SecurityFilterChain|WebSecurityConfigurerAdapter|OAuth2\w*|Oidc\w*|OIDC\w*|JwtDecoder|JWTAuth\w*|AuthenticationManager|AuthenticationProvider|AddAuthentication|AddJwtBearer|passport\.use|SSOLogin|id_token|refresh_token|client_secret|clientSecret|authorization_code)\b/i,
  },
  {
    trigger: 'storage',
    because: 'where state is kept',
    removedAs: 'storage-removed',
    words:
      /\b(?:localStorage|sessionStorage|indexedDB|IndexedDB|RedisClient|Redis\.new|ioredis|StackExchange\.Redis|createClient\(|memcached|MemoryCache|IDistributedCache|CacheManager|@Cacheable|@CacheEvict|QueryClient|MVStore|DataSource|HikariDataSource|DriverManager\.getConnection|sqlite3?\.(?:connect|open)|MongoClient|EntityManager|SessionFactory|DbContext|req(?:uest)?\.session\.\w+|session\[)\b/,
  },
  {
    trigger: 'messaging',
    because: 'which messages parts send each other, and what happens to them',
    words:
      /\b(?:EventBus|eventBus|IEventHandler|EventEmitter2?|@(?:Kafka|Rabbit|Jms|Sqs|Event)Listener|@TransactionalEventListener|ApplicationEventPublisher|KafkaTemplate|RabbitTemplate|IMessageProducer|IAmAMessage\w+|basic_publish|basic_consume|\.subscribe\(topic|send_event|post_save\.connect|Signal\(\)|OutboxMessage|DeadLetter\w*|dead_letter\w*|Webhook\w*Config\w*|MutatingWebhook\w*)\b/,
  },
  {
    trigger: 'wire-format',
    because: 'what others read and write (serialised fields)',
    removedAs: 'wire-format-removed',
    words:
      /`[^`]*\b(?:json|yaml|xml|bson|toml|protobuf):"[^"]*"[^`]*`|@(?:JsonProperty|JsonTypeInfo|JsonSubTypes|SerializedName|XmlElement)\b|\[(?:JsonPropertyName|JsonProperty|DataMember|JsonDerivedType)\b|#\[serde\(|\bserializers\.\w+(?:Field|Serializer)\(|\bz\.object\(\{/,
  },
  {
    trigger: 'wiring',
    because: 'how parts are put together (configuration of the container or the framework)',
    words:
      /@(?:Configuration|Bean|ComponentScan|EnableWebSecurity)\b|\bservices\.(?:Add|TryAdd)\w+|\.Add(?:Singleton|Scoped|HostedService)\b|\bINSTALLED_APPS\b|\burlpatterns\b|\bcreateContext\(|\bproviders:\s*\[|<\/\w*Provider>/,
  },
  {
    trigger: 'configuration',
    because: 'what an operator must set for the product to run',
    words:
      /\bprocess\.env\.\w|\bimport\.meta\.env\.\w|\bos\.(?:environ|getenv)\b|\bENV(?:\.fetch)?[[(]|\bSystem\.getenv\(|\bos\.(?:Getenv|LookupEnv)\(|@ConfigurationProperties\b|\bEnvironment\.GetEnvironmentVariable\(|\bstd::env::var\(/,
  },
];

/** Whether any vocabulary has a word on this line. */
const maySpeak = anyOf(VOCABULARIES.map(({ words }) => words));

/** How a language declares a type that other files can see; the first group is its name. */
const TYPE: Partial<Record<Language, RegExp>> = {
  script: /^\s*export\s+(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:class|interface|enum|type)\s+([A-Za-z_]\w*)/,
  java: /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|protected|internal|abstract|final|static|sealed|data|open|value|enum|annotation)\s+)*(?:class|interface|enum|record|@interface|object)\s+([A-Z]\w*)/,
  csharp:
    /^\s*(?:\[[^\]]*\]\s*)*(?:(?:public|protected|internal|abstract|sealed|static|partial|readonly|ref)\s+)*(?:class|interface|enum|record|struct|record\s+struct)\s+([A-Z]\w*)/,
  go: /^\s*type\s+([A-Z]\w*)\s+\S/,
  python: /^class\s+([A-Z]\w*)/,
  ruby: /^\s*(?:class|module)\s+([A-Z][\w:]*)/,
  rust: /^\s*pub\s+(?:struct|enum|trait|type)\s+(\w+)/,
};

/** A type whose name says that others depend on it by contract. */
const CONTRACT: Partial<Record<Language, RegExp>> = {
  java: /\binterface\s+([A-Z]\w*)/,
  csharp: /\binterface\s+(I[A-Z]\w*)/,
  go: /^\s*type\s+([A-Z]\w*)\s+interface\b/,
  python: /^class\s+(\w+)\((?:[\w., ]*[ .,(])?(?:ABC|Protocol)\s*[,)]/,
  rust: /^\s*pub\s+trait\s+(\w+)/,
  script:
    /^\s*export\s+(?:abstract\s+class|interface)\s+(\w*(?:Port|Adapter|Repository|Provider|Service|Gateway|Store|Plugin|Driver|Host))\b/,
};

/** A type that carries a part in the whole, by the last word of its name. */
const ROLE =
  /(?:Service|Repository|Provider|Registry|Factory|Adapter|Gateway|Dispatcher|Middleware|Interceptor|Pipeline|Orchestrator|Scheduler|Broker|Facade|Engine|Driver|Plugin|Server|Client|Worker|Job|Listener|Publisher|Subscriber|Consumer|Producer|Handler|Store|Manager|Controller|Processor|Policy|Strategy|Resolver|Config|Configuration|Context|ViewSet|Module)$/;

/** What a tool is told: `vitest.config.ts` is no part of the product. */
const TOOL = /\.config\.\w+$/;

/** Types that belong to one component or function, and say nothing to others. */
const DETAIL = /(?:Props|State|Styles|Options|Params|Args|Test|Tests|Exception|Error)$/;

/** What the code of one file says, and the types it declares, which speak only beside those of all other files. */
export interface FileSemantics extends Pick<ChangedSource, 'file' | 'language'> {
  said: Signal[];
  come: Declared[];
  gone: Declared[];
  signatures: Signal[];
  contracts: Signal[];
}

/** Reads the code that one file adds and removes. */
export function readSemantics(change: ChangedSource): FileSemantics {
  const { file, language, added, removed } = change;
  return {
    ...{ file, language },
    said: [...findDataModel(change), ...wordsOf(change)],
    come: declaredIn(change, added),
    gone: declaredIn(change, removed),
    signatures: findSignatures(change),
    contracts: contractsIn(change),
  };
}

/** What code added and removed says of the architecture, whatever the files are called. */
export function findSemantic(read: readonly FileSemantics[]): Signal[] {
  return [
    ...read.flatMap(({ said }) => said),
    ...declarations(read),
    ...read.flatMap(({ signatures }) => signatures),
    ...read.flatMap(({ contracts }) => contracts),
  ];
}

function wordsOf({ file, place, language, added, removed }: ChangedSource): Signal[] {
  if (language === null || isMigration(place)) return [];
  const [come, gone] = [added, removed].map((lines) => lines.filter(({ text }) => maySpeak(text))) as [Line[], Line[]];
  if (come.length + gone.length === 0) return [];
  return VOCABULARIES.flatMap((vocabulary) => speak(file, come, gone, vocabulary));
}

/** `added` and `removed` are the lines on which any vocabulary has a word. */
function speak(
  file: ChangedFile,
  added: readonly Line[],
  removed: readonly Line[],
  { trigger, because, words, removedAs }: Vocabulary,
): Signal[] {
  const signal = (name: TriggerName, why: string, { line }: Line): Signal => ({
    trigger: name,
    because: why,
    path: file.path,
    line,
  });
  const come = added.filter(({ text }) => words.test(text) && !isImport(text));
  const gone = removedAs ? removed.filter(({ text }) => words.test(text) && !isImport(text)) : [];
  return [
    ...come.map((line) => signal(trigger, because, line)),
    // What only left speaks of itself: a lock that is gone guards nothing any more.
    ...(come.length === 0 ? gone.map((line) => signal(removedAs ?? trigger, because, line)) : []),
  ];
}

function isImport(text: string): boolean {
  return /^\s*(?:import|using|from|require)\b/.test(text);
}

interface Declared {
  name: string;
  path: string;
  line: number;
  contract: boolean;
}

function declaredIn({ file, place, language }: ChangedSource, lines: readonly Line[]): Declared[] {
  const pattern = language && TYPE[language];
  if (!pattern || isMigration(place)) return [];
  const declared: Declared[] = [];
  for (const { text, line } of lines) {
    const name = pattern.exec(text)?.[1];
    if (!name || DETAIL.test(name)) continue;
    declared.push({ name, path: file.path, line, contract: CONTRACT[language]?.test(text) ?? false });
  }
  return declared;
}

function declarations(read: readonly FileSemantics[]): Signal[] {
  const come = read.flatMap((one) => one.come);
  const gone = read.flatMap((one) => one.gone);
  const before = new Set(gone.map(({ name }) => name));
  const after = new Set(come.map(({ name }) => name));
  const fresh = come.filter(({ name }) => !before.has(name));
  const lost = gone.filter(({ name }) => !after.has(name));
  const signal = (trigger: TriggerName, because: string, { path, line }: Declared): Signal => ({
    trigger,
    because,
    path,
    line,
  });
  return [
    ...fresh.map((one) => signal('new-type', 'the vocabulary of types that parts share', one)),
    ...fresh
      .filter((one) => one.contract)
      .map((one) => signal('new-contract', 'a contract between parts (an interface)', one)),
    ...components(read, fresh).map((one) => signal('new-component', 'which parts there are', one)),
    ...lost.map((one) => signal('type-removed', 'the vocabulary of types that parts share', one)),
  ];
}

/** Parts by the name of their type, or of their file where a language does without types: `refund.handler.js`, `sync_job.rb`. */
function components(read: readonly FileSemantics[], fresh: readonly Declared[]): Declared[] {
  const typed = fresh.filter((one) => ROLE.test(one.name));
  const known = new Set(typed.map((one) => one.path));
  const byFile = read.flatMap(({ file, language }): Declared[] => {
    if (language === null || file.status !== 'added' || known.has(file.path) || TOOL.test(file.path)) return [];
    const words = baseName(file.path)
      .replace(/\.[^.]+$/, '')
      .split(/[-_.]|(?<=[a-z0-9])(?=[A-Z])/);
    const last = words.at(-1) ?? '';
    const name = last.charAt(0).toUpperCase() + last.slice(1);
    return words.length > 1 && ROLE.test(name) ? [{ name, path: file.path, line: 1, contract: false }] : [];
  });
  return [...typed, ...byFile];
}

/** A member that comes to, or leaves, an interface that others implement, told by C#'s and Java's custom of names. */
function contractsIn({ file, language, added, removed }: ChangedSource): Signal[] {
  if ((language !== 'java' && language !== 'csharp') || file.status === 'added' || file.status === 'removed') return [];
  const name = baseName(file.path).replace(/\.[^.]+$/, '');
  if (!/^I[A-Z]/.test(name)) return [];
  const member = [...added, ...removed].find(({ text }) => /\)\s*;\s*$|\bfun\s/.test(text));
  const because = `a contract between parts (${name}), which all who implement it must follow`;
  return member ? [{ trigger: 'contract-changed', because, path: file.path, line: member.line }] : [];
}
