import type { SignalName } from '../model/signal.ts';
import type { Language } from './languages.ts';

/** What one line has to look like to tell something of its change. */
export interface Pattern {
  signal: SignalName;
  /** Follows "because of". */
  because: string;
  languages: readonly Language[];
  /**
   * Tried on one line without its comments. Without repetition inside repetition: the lines are strangers'. A part of a
   * word stands without `\w*` before it, which would find the same and be tried at every word of every line.
   */
  matches: RegExp;
  unless?: RegExp;
}

const CODE: readonly Language[] = ['javascript', 'python', 'ruby', 'go', 'jvm', 'csharp', 'rust', 'php'];
const IMPORT = /^\s*(?:import|from|using|use|require|package)\b/;

/** Hosts that stand in code as names and examples, and that nothing is sent to. */
export const IDLE_HOST =
  /^(?:[\w.-]*\.)?(?:example\.(?:com|org|net)|localhost|w3\.org|json-schema\.org|schema\.org|schemas\.[\w.]+|xmlns\.[\w.]+|purl\.org|apache\.org|opensource\.org|creativecommons\.org|mozilla\.org|ietf\.org|wikipedia\.org|stackoverflow\.com)$|^(?:127\.|0\.0\.0\.0)/;

/**
 * Conservative by intent: a question that is raised by nothing teaches people not to read the next one. Measured by
 * `npm run bench -- signals`.
 */
export const PATTERNS: readonly Pattern[] = [
  // Concurrency
  {
    signal: 'concurrency',
    because: 'work in threads or parallel tasks',
    languages: ['python'],
    matches:
      /\b(?:threading\.(?:Thread|Lock|RLock|Event|Condition|Semaphore|local)|ThreadPoolExecutor|ProcessPoolExecutor|multiprocessing\.\w+|asyncio\.(?:gather|create_task|Lock|Semaphore|Queue|TaskGroup|wait)|run_in_executor)\b/,
    unless: IMPORT,
  },
  {
    signal: 'concurrency',
    because: 'a transaction or a row lock',
    languages: ['python'],
    matches:
      /\btransaction\.(?:atomic|on_commit|set_autocommit)\b|\bselect_for_update\s*\(|\.begin_nested\s*\(|\btraced_atomic_transaction\b|\bcache\.lock\s*\(|\badvisory_lock\b/,
    unless: IMPORT,
  },
  {
    signal: 'concurrency',
    because: 'a transaction, a lock or a thread',
    languages: ['ruby'],
    matches:
      /\b(?:Thread\.new|Mutex\.new|Monitor\.new|Concurrent::\w+|Ractor\.new|Queue\.new)\b|\.(?:with_lock|lock!|with_advisory_lock)\b|(?:\b|\.)transaction(?:\([^)]*\))?\s+do\b|\.synchronize\s+(?:do|\{)/,
  },
  {
    signal: 'concurrency',
    because: 'goroutines, channels or locks',
    languages: ['go'],
    matches:
      /^\s*go\s+(?:func\b|[\w.]+\()|\bsync\.(?:Mutex|RWMutex|WaitGroup|Once|Map|Pool|Cond)\b|\batomic\.\w+|\berrgroup\.|\bmake\(chan\b|\.(?:R?Lock|R?Unlock)\(\)|\.BeginTx?\(|\bselect\s*\{\s*$/,
  },
  {
    signal: 'concurrency',
    because: 'threads, locks or a transaction',
    languages: ['jvm', 'csharp'],
    matches:
      /\bsynchronized\s*[({]|\bsynchronized\s+\w|\bnew\s+(?:Reentrant\w*Lock|Semaphore|CountDownLatch|Thread|ConcurrentHashMap|Atomic\w+|ConcurrentDictionary|SemaphoreSlim|StampedLock)\b|\bCompletableFuture\.|\bExecutors\.new|\bvolatile\s+\w|@Transactional\b|@Async\b|\bTask\.(?:Run|WhenAll|WhenAny)\s*\(|\bParallel\.For\w*\s*\(|\block\s*\(\w|\bInterlocked\.\w|\bPlatform\.runLater\b|\.parallelStream\(\)|\bBackgroundTask\.wrap\b|\bBeginTransaction\w*\s*\(/,
    unless: IMPORT,
  },
  {
    signal: 'concurrency',
    because: 'tasks, locks or a transaction',
    languages: ['rust'],
    matches:
      /\b(?:tokio::spawn|task::spawn\w*|thread::spawn|spawn_blocking|tokio::select!|join_all|try_join!|join!)\b|\b(?:Mutex|RwLock|Semaphore|DashMap|OnceCell|Atomic\w+)(?:<[^>]*>)?::new\b|\bArc<(?:Mutex|RwLock)|\.transaction\s*\(|\.for_update\s*\(|\bmpsc::|\.(?:fetch_add|compare_exchange)\s*\(/,
    unless: IMPORT,
  },
  {
    signal: 'concurrency',
    because: 'a lock or a transaction',
    languages: ['php', 'sql'],
    matches:
      /\bDB::transaction\b|->beginTransaction\(|\blockForUpdate\(|\bFOR\s+UPDATE\b|\bLOCK\s+TABLE\b|\bpg_advisory_\w*lock/,
  },
  {
    signal: 'concurrency',
    because: 'a transaction, a lock or a worker',
    languages: ['javascript'],
    matches:
      /\.\$?transaction\s*\(|\bnew\s+(?:Worker|SharedArrayBuffer|Mutex|Semaphore|AsyncLock|BroadcastChannel)\s*\(|\bAtomics\.\w|\bnavigator\.locks\.|\bPromise\.(?:all|allSettled|any)\s*\(\s*[\w.]+\.map\s*\(/,
  },

  // HTTP clients and hosts
  {
    signal: 'external-api',
    because: 'a call over HTTP',
    languages: ['python'],
    matches:
      /\b(?:requests|httpx)\.(?:get|post|put|patch|delete|head|request|Session|Client|AsyncClient)\s*\(|\baiohttp\.ClientSession\s*\(|\burllib\.request\.\w+|\burlopen\s*\(|\bboto3\.(?:client|resource)\s*\(|\bHTTPClient\.send_request\s*\(/,
  },
  {
    signal: 'external-api',
    because: 'a call over HTTP',
    languages: ['ruby'],
    matches:
      /\b(?:Net::HTTP|Faraday|HTTParty|RestClient|Typhoeus|Excon|HTTPX|Aws::\w+::Client|Octokit::Client)\b(?:\.\w+|::\w+)/,
    unless: /\brescue\b|Error\b/,
  },
  {
    signal: 'external-api',
    because: 'a call over HTTP',
    languages: ['go'],
    matches:
      /\bhttp\.(?:Get|Post|PostForm|Head|NewRequest\w*)\s*\(|&http\.Client\{|\bresty\.New\(|\bgrpc\.(?:Dial|NewClient)\w*\(/,
  },
  {
    signal: 'external-api',
    because: 'a call over HTTP',
    languages: ['jvm', 'csharp'],
    matches:
      /\bHttpClient\.new|\bnew\s+(?:RestTemplate|OkHttpClient|HttpClient|RestClient|URLDownload|HttpRequestMessage)\s*\(|\bWebClient\.(?:create|builder)|\bUnirest\.\w|\bHttpRequest\.newBuilder|\bRetrofit\.Builder|@(?:FeignClient|RegisterRestClient)\b|^\s*@(?:GET|POST|PUT|PATCH|DELETE)\(\s*"|\bHttpClient\s*\(|\bclient\.(?:GetAsync|PostAsync|SendAsync)\s*\(/,
    unless: IMPORT,
  },
  {
    signal: 'external-api',
    because: 'a call over HTTP',
    languages: ['rust', 'php'],
    matches:
      /\breqwest::(?:Client|get|ClientBuilder)\b|\bClient::builder\(\)|\bhyper::Client\b|\bnew\s+(?:GuzzleHttp\\)?Client\(|\bcurl_init\(|\bHttp::(?:get|post|put|delete|withHeaders|withToken)\(/,
    unless: IMPORT,
  },
  {
    signal: 'external-api',
    because: 'a call over HTTP',
    languages: ['javascript'],
    matches:
      /(?<![.\w])fetch\s*\(\s*[`'"]https?:\/\/|\baxios\.(?:create|get|post|put|patch|delete|request)\s*\(|\bgot\.(?:extend|get|post)\s*\(|\bnew\s+(?:WebSocket|EventSource|XMLHttpRequest|GraphQLClient)\s*\(/,
  },
  {
    signal: 'external-api',
    because: 'the address of an HTTP interface',
    languages: CODE,
    matches:
      /(?:API|api|BASE|base|ENDPOINT|[eE]ndpoint|HOST|host|SERVER|server)\w*['"]?\s*(?::=|=>|[:=])\s*(?:\w+\()?[`'"]https?:\/\/(?!localhost|127\.|0\.0|[\w.-]*example\.|\$)/,
  },

  // Stored data
  {
    signal: 'data-model',
    because: 'a change of tables or columns',
    languages: ['sql', 'javascript', 'python', 'go', 'jvm', 'csharp', 'rust', 'php'],
    matches:
      /\b(?:CREATE|ALTER|DROP)\s+TABLE\b|\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?[\w".]+|\balter\s+table\s+(?:if\s+exists\s+|only\s+)*[\w".]+|\b(?:ADD|DROP|RENAME)\s+COLUMN\b|\badd\s+column\b|\bCREATE\s+(?:UNIQUE\s+)?INDEX\b|\bcreate\s+(?:unique\s+)?index\b|\bCREATE\s+TYPE\b/,
  },
  {
    signal: 'data-model',
    because: 'a model, a column or its migration',
    languages: ['python'],
    matches:
      /^\s*\w+\s*(?::[^=]+)?=\s*(?:models|db|sa|sqlalchemy|fields)?\.?(?:AutoField|BigAutoField|CharField|TextField|SlugField|EmailField|URLField|UUIDField|IntegerField|PositiveIntegerField|BigIntegerField|SmallIntegerField|FloatField|DecimalField|BooleanField|DateField|DateTimeField|DurationField|JSONField|BinaryField|FileField|ImageField|ForeignKey|OneToOneField|ManyToManyField|ArrayField|Column|mapped_column|relationship)\s*\((?!\s*required)|\bmigrations\.(?:CreateModel|AddField|AlterField|RemoveField|RenameField|DeleteModel|AddIndex|AddConstraint)\s*\(|\bop\.(?:create_table|add_column|drop_column|alter_column|create_index|drop_table)\s*\(|\bclass\s+\w+\((?:models\.Model|db\.Model|Base|TimeStampedModel|ModelWithMetadata|ModelWithExternalReference)\b/,
    unless: /\bserializers\.|\bforms\.|\bfilters?\.|\bgraphene\./,
  },
  {
    signal: 'data-model',
    because: 'a change of tables or columns',
    languages: ['ruby'],
    matches:
      /^\s*(?:create_table|create_join_table|drop_table|add_column|remove_column|rename_column|change_column\w*|add_index|remove_index|add_reference|add_foreign_key|add_check_constraint)\b|^\s*t\.(?:string|text|integer|bigint|boolean|datetime|timestamp|timestamps|date|jsonb?|uuid|decimal|float|references|binary|inet|index)\b/,
  },
  {
    signal: 'data-model',
    because: 'a stored entity or its columns',
    languages: ['jvm', 'csharp', 'php', 'go', 'rust'],
    matches:
      /^\s*@(?:Entity|Table|Column|JoinColumn|JoinTable|OneToMany|ManyToOne|ManyToMany|OneToOne|Embeddable|Document|MappedSuperclass)\b|\bDbSet<\w|\bmigrationBuilder\.\w|`(?:gorm|bun|db|xorm):"|\bSchema::(?:create|table)\(|\$table->\w+\(|#\[(?:diesel|sea_orm)\((?:table_name|column_name|primary_key)/,
    unless: /\bdb:"-"|`json:/,
  },
  {
    signal: 'data-model',
    because: 'a model or its columns',
    languages: ['prisma'],
    matches:
      /^(?:model|enum|type|view)\s+\w+\s*\{|^\s+\w+\s+(?:String|Int|BigInt|Boolean|DateTime|Json|Float|Decimal|Bytes|[A-Z]\w*)(?:\[\]|\?)?(?:\s|$)|^\s*@@(?:index|unique|id|map)/,
  },
  {
    signal: 'data-model',
    because: 'a stored entity or its columns',
    languages: ['javascript'],
    matches:
      /^\s*@(?:Entity|Column|PrimaryGeneratedColumn|PrimaryColumn|ManyToOne|OneToMany|ManyToMany|OneToOne|JoinColumn|JoinTable|CreateDateColumn|UpdateDateColumn)\s*\(|\b(?:pgTable|mysqlTable|sqliteTable)\s*\(|\b(?:mongoose\.)?model\s*<?\w*>?\(\s*['"]\w+['"]\s*,\s*\w*[sS]chema|\bnew\s+(?:mongoose\.)?Schema\s*[<(]|\bqueryRunner\.(?:addColumn|createTable|dropColumn|dropTable)\s*\(|\bqueryInterface\.\w+\s*\(|\bschema\.(?:createTable|alterTable|dropTable)\s*\(/,
  },

  // Who may do what
  {
    signal: 'authentication',
    because: 'who somebody is, or what they may do',
    languages: ['python'],
    matches:
      /^\s*@(?:login_required|permission_required|user_passes_test|requires_auth|staff_member_required)\b|\bpermission_classes\s*=|\bauthentication_classes\s*=|\b(?:authenticate|login|logout)\s*\(\s*request\b|\b(?:set_password|check_password|make_password|jwt\.(?:encode|decode))\s*\(|\bhas_perms?\s*\(|\bpermissions\s*=\s*[([]|\bone_of_permissions_or_auth_filter_required\b|\bdef\s+(?:authenticate|authorize|has_permission|has_object_permission|login|logout|check_permissions?)\b/,
  },
  {
    signal: 'authentication',
    because: 'who somebody is, or what they may do',
    languages: ['ruby'],
    matches:
      /\bbefore_action\s+:(?:authenticate|authorize|require|verify|ensure|redirect_to_signin)\w*|\bhas_secure_password\b|\bauthenticate(?:_\w+)?!?\s*[(&]|\bauthorize\b\s*[@(:\w]|\bsign_in\b\s*[(@\w]|\bsign_out\b|\bsession\[:\w+\]\s*=|\bcookies\.(?:signed|encrypted)\b|\bdef\s+(?:authenticate|authorize|verify_|require_|sign_in|sign_out|can_)\w*|\bclass\s+\w+Policy\b|\bwebauthn\w*\b\s*[.(]|\bverify_authenticity_token\b/,
  },
  {
    signal: 'authentication',
    because: 'who somebody is, or what they may do',
    languages: ['go', 'jvm', 'csharp', 'rust', 'php'],
    matches:
      /@(?:PreAuthorize|PostAuthorize|Secured|RolesAllowed|EnableWebSecurity)\b|\[Authorize\b|\[AllowAnonymous\]|\b(?:SecurityContextHolder|AuthenticationManager|PasswordEncoder|SecurityFilterChain|ClaimsPrincipal|UserManager|SignInManager)\b[.<(]|\bjwt\.(?:Parse\w*|New\w*|sign|verify|encode|decode)\s*\(|\b(?:bcrypt|argon2)(?:\.|::)\w|\bAuthCheck::|\bfn\s+(?:authenticate|authorize)\w*|\bfunc\s+(?:\([^)]*\)\s*)?(?:[Aa]uthenticate|[Aa]uthorize|[Ll]ogin|[Ll]ogout)\w*\(|\bSetBasicAuth\(|\bHeader\.Set\(\s*"Authorization"|\bAuth::(?:attempt|login|user|guard)\(|\bGate::|\b(?:AUTHORIZATION|Authorization)\b['"]?\s*,/,
    unless: /^\s*(?:import|using|use)\b/,
  },
  {
    signal: 'authentication',
    because: 'who somebody is, or what they may do',
    languages: ['javascript'],
    matches:
      /\bjwt\.(?:sign|verify|decode)\s*\(|\bpassport\.\w+\s*\(|@UseGuards\s*\(|@Roles\s*\(|\b(?:bcrypt|argon2)\.(?:hash|compare|verify)\w*\s*\(|['"`]?Authorization['"`]?\s*[:\]]\s*[`'"]?(?:Bearer|Basic|\$)/,
  },

  // Cryptography
  {
    signal: 'cryptography',
    because: 'signing, encryption or secret random numbers',
    languages: ['python'],
    matches:
      /\bhmac\.(?:new|compare_digest|digest)\s*\(|\bsecrets\.(?:token_\w+|choice|compare_digest)\s*\(|\b(?:Fernet|AESGCM|RSA\.\w+|AES\.new|serialization\.load_\w+|rsa\.generate_private_key|jwk\.\w+|jws\.\w+)\s*\(|\bssl\.(?:SSLContext|create_default_context|CERT_NONE)\b|\bverify\s*=\s*False\b/,
  },
  {
    signal: 'cryptography',
    because: 'signing, encryption or secret random numbers',
    languages: ['ruby'],
    matches:
      /\b(?:OpenSSL::(?!Digest)\w+|SecureRandom\.(?:hex|random_bytes|base64|urlsafe_base64|alphanumeric)|ActiveSupport::MessageEncryptor|MessageVerifier|BCrypt::\w+)\b|\bsecure_compare\b|^\s*encrypts\s+:/,
    unless: /\bErrors?\b/,
  },
  {
    signal: 'cryptography',
    because: 'signing, encryption or secret random numbers',
    languages: ['go', 'jvm', 'csharp', 'rust', 'php'],
    matches:
      /"crypto\/(?:aes|cipher|hmac|rand|rsa|tls|x509|ecdsa|ed25519)"|\b(?:hmac|aes|rsa|cipher|x509|ecdsa|ed25519)\.(?:New\w*|Sum\w*|Sign\w*|Verify\w*|Encrypt\w*|Decrypt\w*|GenerateKey|Parse\w+)\s*\(|\b(?:Cipher|Mac|KeyGenerator|KeyFactory|SecretKeySpec|KeyStore|SSLContext|Signature)\.getInstance\s*\(|\bnew\s+(?:SecretKeySpec|SecureRandom|HMACSHA\d+)\s*\(|\b(?:Aes|RSA|HMACSHA256)\.(?:Create|HashData|ComputeHash)\b|\b(?:Hmac)(?:::<?\w*>?)?(?:::|\.)(?:new|digest|new_from_slice)\b|\bcosign\.\w+\(|\bInsecureSkipVerify\b|\bsigstore\w*\.\w+\(|\b(?:openssl_(?:encrypt|decrypt|sign|verify)|hash_hmac|password_hash|random_bytes)\s*\(/,
  },
  {
    signal: 'cryptography',
    because: 'signing, encryption or secret random numbers',
    languages: ['javascript'],
    matches:
      /\bcreate(?:Hmac|Cipheriv|Decipheriv|Sign|Verify|PrivateKey|PublicKey)\s*\(|\bcrypto\.(?:subtle|randomBytes|scrypt\w*|pbkdf2\w*|timingSafeEqual|generateKey\w*|getRandomValues)\b|\btimingSafeEqual\s*\(|\brejectUnauthorized\s*:\s*false/,
  },

  // People's data
  {
    signal: 'personal-data',
    because: 'a field that holds personal data',
    languages: ['python', 'ruby', 'go', 'jvm', 'csharp', 'rust', 'php', 'sql', 'prisma', 'graphql', 'proto'],
    matches:
      /(?<![\w.])(?:e_?mail(?:_?addr(?:ess)?)?|phone_?(?:number)?|mobile_?(?:number)?|first_?name|last_?name|sur_?name|given_?name|family_?name|date_?of_?birth|birth_?(?:day|date)|dob|ssn|social_?security_?(?:number)?|national_?(?:id|insurance)_?(?:number)?|passport_?(?:number|no)|street_?address(?:_?\d)?|home_?address|billing_?address|shipping_?address|postal_?code|zip_?code|iban|card_?number|credit_?card|ip_?address|gender|ethnicity|nationality|salary|tax_?id)["'`]?\s*(?:\??:(?!:)|=(?![=~>])|\s(?:String|Varchar|VARCHAR|varchar|text|TEXT|CITEXT|inet|INET|string|Date|DATE)\b)|\bt\.(?:string|text|inet|date)\s+[:"](?:email|phone|first_name|last_name|date_of_birth|ip_address|address)\b|\badd_column\s+:\w+,\s+:(?:email|phone\w*|first_name|last_name|date_of_birth|ip_address)\b|\b(?:private|public|protected|internal)\s+(?:final\s+)?(?:String|string|LocalDate|DateTime)\??\s+(?:email\w*|phone\w*|first[nN]ame|last[nN]ame|surname|dateOfBirth|Email\w*|Phone\w*|FirstName|LastName|DateOfBirth)\b/i,
  },
  {
    signal: 'personal-data',
    because: 'a field that holds personal data',
    languages: ['javascript'],
    matches:
      /\b(?<!\.)(?:email(?:Address)?|phone(?:Number)?|firstName|lastName|dateOfBirth|birthDate|ssn|nationalInsuranceNumber|passportNumber|streetAddress|homeAddress|postalCode|iban|cardNumber|ipAddress|first_name|last_name|phone_number|date_of_birth|postal_code)['"]?\??\s*:(?!:)/,
  },

  // Prompts and model calls
  {
    signal: 'prompt',
    because: 'a prompt or a call of a language model',
    languages: ['python', 'ruby', 'go', 'jvm', 'csharp', 'rust', 'php', 'javascript'],
    matches:
      /\b(?:chat\.completions|(?:client|anthropic|openai)\.(?:beta\.)?(?:messages|responses|embeddings))\.(?:create|stream|parse)\s*\(|(?:\bnew\s+|=\s*|\breturn\s+|\(\s*)(?:OpenAI|AsyncOpenAI|AzureOpenAI|Anthropic|AsyncAnthropic|ChatOpenAI|ChatAnthropic|GenerativeModel|GoogleGenerativeAI)\(|\b(?:ChatPromptTemplate|PromptTemplate|OpenAiChatModel)\s*(?:\(|\.(?:from_|builder|with))|\b(?:generateText|streamText|generateObject|streamObject|embedMany)\s*\(|["'`]You are an? \w|\brole["']?\s*(?::|=>|=)\s*["'](?:system|developer)["']|(?:system_?prompt|SYSTEM_PROMPT|systemPrompt|prompt_template|promptTemplate|PROMPT_TEMPLATE)\w*\s*(?::=|[:=])\s*(?:f|r)?["'`]/,
    unless: IMPORT,
  },

  // What others build on
  {
    signal: 'public-api',
    because: 'an address that others call',
    languages: ['python'],
    matches:
      /^\s*@\w*(?:app|router|api|blueprint|bp|route)\w*\.(?:route|get|post|put|patch|delete|websocket)\s*\(\s*['"]|^\s*(?:re_)?path\s*\(\s*r?['"]|^\s*url\s*\(\s*r['"]|\brouter\.register\s*\(|^\s*@api_view\s*\(|^\s*class\s+\w+\((?:\w+\.)?(?:ModelViewSet|ViewSet|GenericViewSet|APIView|ReadOnlyModelViewSet|BaseMutation|ModelMutation|ObjectType|graphene\.ObjectType)\b/,
  },
  {
    signal: 'public-api',
    because: 'an address that others call',
    languages: ['ruby'],
    matches:
      /^\s*(?:get|post|put|patch|delete|match)\s+['":]\/?[\w/:-]+['"]?\s*(?:,|=>)\s*(?:to:|['"]|as:|on:|constraints:|via:|controller:)|^\s*resources?\s+:\w+/,
  },
  {
    signal: 'public-api',
    because: 'an address that others call',
    languages: ['go'],
    matches:
      /\.(?:HandleFunc|Handle)\s*\(\s*"\/|\b\w+\.(?:GET|POST|PUT|PATCH|DELETE|Get|Post|Put|Patch|Delete)\s*\(\s*"\//,
  },
  {
    signal: 'public-api',
    because: 'an address that others call',
    languages: ['jvm', 'csharp', 'rust', 'php'],
    matches:
      /@(?:Get|Post|Put|Patch|Delete|Request)Mapping\b|^\s*@(?:GET|POST|PUT|PATCH|DELETE)\s*$|^\s*@Path\(\s*"|\[(?:Http(?:Get|Post|Put|Patch|Delete)|Route)\b|\bapp\.Map(?:Get|Post|Put|Patch|Delete)\s*\(|\.route\(\s*"\/|#\[(?:get|post|put|patch|delete)\("\/|#\[utoipa::path\(|\broutes!\(|\bRoute::(?:get|post|put|patch|delete|resource)\(/,
  },
  {
    signal: 'public-api',
    because: 'a part of a published interface',
    languages: ['graphql'],
    matches:
      /^\s*(?:extend\s+)?(?:type|input|enum|interface|union|scalar|directive)\s+\w|^\s+\w+(?:\([^)]*\))?\s*:\s*\[?[A-Z]\w*/,
  },
  {
    signal: 'public-api',
    because: 'a part of a published interface',
    languages: ['proto'],
    matches: /^\s*(?:service|rpc|message|enum)\s+\w|^\s*(?:repeated\s+|optional\s+)?[\w.]+\s+\w+\s*=\s*\d+/,
  },
  {
    signal: 'public-api',
    because: 'a part of a published interface',
    languages: ['openapi'],
    matches: /^\s{0,8}["']?\/[\w/{}.-]*["']?\s*:|^\s+["']?(?:get|post|put|patch|delete)["']?\s*:\s*\{?\s*$/,
  },
];
