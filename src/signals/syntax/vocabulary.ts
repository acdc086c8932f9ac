/*
 * The names by which libraries of the field are known. Each table says what seeing such a name means; they grow with
 * what `npm run bench -- signals` finds missing.
 */

/** Packages whose import says what a file begins to do. */
export const PACKAGES: readonly {
  names: RegExp;
  signal: 'external-api' | 'authentication' | 'cryptography' | 'prompt';
}[] = [
  {
    signal: 'external-api',
    names:
      /^(?:axios|got|ky|node-fetch|cross-fetch|superagent|undici|request|graphql-request|@octokit\/(?!webhooks|types|openapi).+|@slack\/.+|stripe|twilio|@sendgrid\/.+|@aws-sdk\/client-.+|googleapis|@google-cloud\/.+|nodemailer|resend|@azure\/.+-client)$/,
  },
  {
    signal: 'authentication',
    names:
      /^(?:jsonwebtoken|jose|passport(?:-.+)?|next-auth(?:\/.+)?|@auth\/.+|bcrypt|bcryptjs|argon2|express-session|cookie-session|openid-client|otplib|@simplewebauthn\/.+|@clerk\/.+|better-auth(?:\/.+)?|remix-auth(?:-.+)?)$/,
  },
  {
    signal: 'cryptography',
    names: /^(?:crypto-js|node-forge|tweetnacl|libsodium-wrappers|@noble\/.+|node-jose|openpgp|elliptic)$/,
  },
  {
    signal: 'prompt',
    names:
      /^(?:openai|@anthropic-ai\/.+|@google\/(?:generative-ai|genai)|langchain(?:\/.+)?|@langchain\/.+|ollama|cohere-ai|@mistralai\/.+|@huggingface\/inference|groq-sdk)$/,
  },
];

/** Functions that send a request wherever they are called. */
export const NETWORK_FUNCTIONS: ReadonlySet<string> = new Set([
  'fetch',
  '$fetch',
  'ofetch',
  'axios',
  'got',
  'ky',
  'superagent',
]);

/** Objects whose methods send requests. */
export const NETWORK_OBJECTS: ReadonlySet<string> = new Set([
  'axios',
  'got',
  'ky',
  'superagent',
  'undici',
  '$http',
  'httpClient',
]);
export const NETWORK_METHODS: ReadonlySet<string> = new Set([
  'get',
  'post',
  'put',
  'patch',
  'delete',
  'head',
  'request',
  'fetch',
]);

/** Constructors and factories of clients. */
export const CLIENT_CONSTRUCTORS =
  /^(?:WebSocket|EventSource|XMLHttpRequest|GraphQLClient|Octokit|S3Client|\w+HttpClient)$/;

/** Methods that only databases have. */
export const QUERY_METHODS: ReadonlySet<string> = new Set([
  'findOne',
  'findMany',
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'findAll',
  'findByPk',
  'findById',
  'findOneBy',
  'findOneOrFail',
  'findAndCount',
  'updateMany',
  'updateOne',
  'insertOne',
  'insertMany',
  'deleteOne',
  'deleteMany',
  'bulkCreate',
  'createMany',
  'findOneAndUpdate',
  'findByIdAndUpdate',
  '$queryRaw',
  '$executeRaw',
  '$queryRawUnsafe',
]);

/** Methods that databases share with others; they count where the receiver is called like a database. */
export const SHARED_QUERY_METHODS =
  /^(?:query|execute|find|create|update|delete|insert|upsert|save|remove|destroy|count|aggregate|select|get|list|retrieve|exec|raw|run|all|del)\w*$/;
export const DATABASE_NAME =
  /^_?(?:db|database|prisma|knex|sequelize|mongoose|pg|mysql|redis|orm|em|trx|tx|supabase|dynamo\w*|firestore|\$?replica|entityManager|queryRunner|pgClient|dbClient)$|(?:Repo|Repository|Dao|Db|Prisma|EntityManager|Model|Collection|DatabaseAdapter)_?$/;

/** The entity managers of MikroORM and TypeORM. */
export const ENTITY_MANAGER = /^_?(?:em|entityManager|\w*EntityManager)_?$/;

/** Methods that call what they are given once for each element. */
export const ITERATION_METHODS: ReadonlySet<string> = new Set([
  'forEach',
  'map',
  'flatMap',
  'filter',
  'reduce',
  'every',
  'some',
  'find',
]);

/** Constructors of what runs beside us, or keeps others out. */
export const CONCURRENCY_CONSTRUCTORS =
  /^(?:Worker|SharedWorker|SharedArrayBuffer|BroadcastChannel|MessageChannel|Mutex|Semaphore|RWLock|AsyncLock|Redlock|PQueue|Piscina|AsyncMutex)$/;
export const TRANSACTION_METHODS =
  /^(?:\$?transaction|\$?withTransaction|startTransaction|beginTransaction|runInTransaction|createTransactionalSession|commitTransactionalSession|inTransaction|runTransaction|atomicPhase_?|\$transactionV\d)$/;
export const LOCK_METHODS = /^(?:acquireLock|withLock|runExclusive|acquire|tryLock|setnx|setNX|lockWithin)$/;

/** Functions that say who somebody is, or what they may do. */
export const AUTHENTICATION_FUNCTIONS =
  /^(?:authenticate\w*|authori[sz]e\w*|verify(?:Token|Password|Jwt|JWT|Session|Credentials|Idtoken|IdToken|Signature)\w*|sign(?:In|Out|Up)(?:With\w+)?|log[iI]n(?:As|With)?\w{0,8}|log[oO]ut|require(?:Auth|User|Admin|Permission|Role|Login)\w*|ensure(?:Auth|Admin|Permission|LoggedIn)\w*|is(?:Authenticated|Authorized|Admin)|has(?:Permission|Role|Access|Scope)s?|can(?:Access|Manage)\w*|check(?:Permission|Access|Auth|Role)\w*|enforce(?:MasterKeyAccess|RoleSecurity|Permission\w*)|revoke\w*(?:Token|Session)s?|hashPassword|comparePassword|resetPassword|changePassword|impersonate\w*|getServerSession)$/;
export const AUTHENTICATION_OBJECTS: ReadonlySet<string> = new Set([
  'jwt',
  'passport',
  'bcrypt',
  'argon2',
  'authenticator',
  'rbac',
]);

/** Functions of Node's and the browser's cryptography. */
export const CRYPTOGRAPHY_FUNCTIONS: ReadonlySet<string> = new Set([
  'createHmac',
  'createCipheriv',
  'createDecipheriv',
  'createSign',
  'createVerify',
  'createPrivateKey',
  'createPublicKey',
  'generateKeyPair',
  'generateKeyPairSync',
  'pbkdf2',
  'pbkdf2Sync',
  'scrypt',
  'scryptSync',
  'timingSafeEqual',
  'randomBytes',
  'getRandomValues',
  'hkdfSync',
]);
export const CRYPTOGRAPHY_OWN_FUNCTIONS =
  /^(?:encrypt|decrypt|hmac|signPayload|encryptToken|decryptToken|encryptSecret|decryptSecret)$/;

/** Fields that hold data about a person. */
export const PERSONAL_FIELDS =
  /^_?(?:e?[mM]ail(?:_?[aA]ddress(?:es)?)?|user_?[eE]mail|customer_?[eE]mail|phone(?:_?[nN]umber)?|mobile(?:_?[nN]umber)|first_?[nN]ame|last_?[nN]ame|sur_?[nN]ame|given_?[nN]ame|family_?[nN]ame|date_?[oO]f_?[bB]irth|birth_?[dD](?:ay|ate)|dob|ssn|social_?[sS]ecurity_?[nN]umber|national_?[iI]nsurance_?[nN]umber|nino|passport_?(?:[nN]umber|[nN]o)|street_?[aA]ddress|home_?[aA]ddress|billing_?[aA]ddress|shipping_?[aA]ddress|address_?(?:[lL]ine_?)?[12]|postal_?[cC]ode|post_?[cC]ode|zip_?[cC]ode|iban|card_?[nN]umber|credit_?[cC]ard|ip_?[aA]ddress|gender|ethnicity|nationality|religion|sexual_?[oO]rientation|salary|tax_?[iI]d)$/;

/** Calls of language models. */
export const MODEL_FUNCTIONS: ReadonlySet<string> = new Set([
  'generateText',
  'streamText',
  'generateObject',
  'streamObject',
  'generateImage',
  'embedMany',
]);
export const MODEL_METHODS: readonly RegExp[] = [
  /(?:^|\.)completions\.(?:create|stream|parse)$/,
  /(?:^|\.)(?:anthropic|claude|client|openai)\w*\.(?:beta\.)?(?:messages|responses|embeddings|images)\.(?:create|stream|parse|generate)$/i,
];
export const MODEL_CONSTRUCTORS =
  /^(?:OpenAI|AzureOpenAI|Anthropic|GoogleGenerativeAI|GoogleGenAI|ChatOpenAI|ChatAnthropic|Mistral|Ollama|Groq|CohereClient)$/;
export const PROMPT_NAMES =
  /^(?:\w*[sS]ystemPrompt|\w*_?SYSTEM_PROMPT|\w*[pP]romptTemplate|\w*PROMPT(?:_TEMPLATE)?|userPrompt)$/;

/** Decorators and functions that declare what is stored. */
export const ENTITY_DECORATORS: ReadonlySet<string> = new Set([
  'Entity',
  'Column',
  'PrimaryColumn',
  'PrimaryGeneratedColumn',
  'PrimaryKey',
  'ManyToOne',
  'OneToMany',
  'ManyToMany',
  'OneToOne',
  'JoinColumn',
  'JoinTable',
  'CreateDateColumn',
  'UpdateDateColumn',
  'DeleteDateColumn',
  'Prop',
  'Index',
]);
export const TABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  'pgTable',
  'mysqlTable',
  'sqliteTable',
  'pgEnum',
  'defineModel',
]);
export const SCHEMA_METHODS: ReadonlySet<string> = new Set([
  'createTable',
  'alterTable',
  'dropTable',
  'addColumn',
  'dropColumn',
  'renameColumn',
  'changeColumn',
  'addIndex',
  'createIndex',
  'addColumns',
  'createForeignKey',
]);
export const SCHEMA_SQL =
  /\b(?:create|alter|drop)\s+table\b|\b(?:add|drop|rename)\s+column\b|\bcreate\s+(?:unique\s+)?index\b|\bcreate\s+type\s+"?\w+"?\s+as\b/i;

/** Decorators and methods that open an address to others. */
export const ROUTE_DECORATORS: ReadonlySet<string> = new Set([
  'Get',
  'Post',
  'Put',
  'Patch',
  'Delete',
  'Controller',
  'Query',
  'Mutation',
  'Resolver',
  'Subscription',
  'MessagePattern',
]);
export const ROUTE_OBJECTS = /^(?:app|router|server|fastify|api|\w+Router|\w+Routes?)$/;
export const ROUTE_METHODS: ReadonlySet<string> = new Set([
  'get',
  'post',
  'put',
  'patch',
  'delete',
  'all',
  'use',
  'route',
]);
export const REQUEST_HANDLERS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
