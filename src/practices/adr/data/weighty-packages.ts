import type { Ecosystem } from '../triggers/manifests.ts';

/** What a package decides, and the packages that do, by ecosystem. `name*` means every name that begins so. */
export interface WeightyPackages {
  /** As a noun: "a database". */
  because: string;
  /** `full`: one is a decision by itself. `some`: it counts, and something else must agree. */
  weight: 'full' | 'some';
  packages: Partial<Record<Ecosystem, string>>;
}

/**
 * Runtime dependencies of architectural weight: what a product cannot change in an afternoon, because state, protocol or
 * the shape of the code goes with it.
 *
 * Sources, read 2026-11-20: what OpenTelemetry instruments, since a library that crosses the border of a process is
 * worth a span (https://opentelemetry.io/docs/zero-code/java/agent/supported-libraries, the README of
 * `@opentelemetry/auto-instrumentations-node`, and its counterparts for Python, .NET, Ruby and Go). Object-relational
 * mappers, state managers, front-end frameworks, identity and model SDKs are added by hand, by the names their own
 * documentation says to install. Drivers, clients and frameworks only: no helpers, no types, no test doubles.
 */
export const WEIGHTY_PACKAGES: readonly WeightyPackages[] = [
  {
    because: 'a database',
    weight: 'full',
    packages: {
      npm: 'pg postgres mysql mysql2 mongodb mongoose better-sqlite3 sqlite3 cassandra-driver neo4j-driver oracledb tedious @elastic/elasticsearch @opensearch-project/opensearch @clickhouse/client @supabase/supabase-js firebase firebase-admin couchbase nano pouchdb lmdb level dexie @pinecone-database/pinecone weaviate-ts-client chromadb @libsql/client @planetscale/database @neondatabase/serverless duckdb',
      pypi: 'psycopg2 psycopg2-binary psycopg asyncpg aiopg mysqlclient pymysql mysql-connector-python pymongo motor cassandra-driver elasticsearch opensearch-py neo4j clickhouse-driver cx-oracle oracledb duckdb pinecone pinecone-client weaviate-client chromadb qdrant-client pymilvus',
      maven:
        'org.postgresql:* com.mysql:* mysql:mysql-connector-java org.mariadb.jdbc:* com.h2database:* org.mongodb:* com.datastax.oss:* org.neo4j.driver:* co.elastic.clients:* org.elasticsearch.client:* org.opensearch.client:* com.oracle.database.jdbc:* com.microsoft.sqlserver:* org.xerial:sqlite-jdbc com.clickhouse:* org.apache.lucene:lucene-core org.apache.hbase:* com.zaxxer:hikaricp',
      nuget:
        'npgsql mysql.data mysqlconnector microsoft.data.sqlclient system.data.sqlclient microsoft.data.sqlite mongodb.driver cassandracsharpdriver elastic.clients.elasticsearch nest neo4j.driver oracle.manageddataaccess.core marten ravendb.client microsoft.azure.cosmos google.cloud.firestore google.cloud.spanner.data',
      go: 'github.com/lib/pq github.com/jackc/pgx github.com/go-sql-driver/mysql github.com/mattn/go-sqlite3 modernc.org/sqlite go.mongodb.org/mongo-driver github.com/gocql/gocql github.com/neo4j/neo4j-go-driver github.com/elastic/go-elasticsearch go.etcd.io/bbolt go.etcd.io/etcd* github.com/dgraph-io/badger github.com/clickhouse/clickhouse-go',
      gem: 'pg mysql2 sqlite3 mongo mongoid elasticsearch elasticsearch-rails opensearch-ruby trilogy searchkick cassandra-driver',
      cargo: 'tokio-postgres postgres mysql_async mysql rusqlite mongodb sled rocksdb redb scylla',
    },
  },
  {
    because: 'an object-relational mapper or schema tool',
    weight: 'full',
    packages: {
      npm: 'typeorm sequelize @prisma/client prisma knex drizzle-orm objection @mikro-orm/core kysely bookshelf waterline',
      pypi: 'sqlalchemy sqlmodel peewee tortoise-orm pony alembic mongoengine beanie flask-sqlalchemy django-mptt',
      maven:
        'org.hibernate:* org.hibernate.orm:* org.mybatis:* org.mybatis.spring.boot:* org.jooq:jooq org.flywaydb:flyway-core org.liquibase:liquibase-core org.springframework.boot:spring-boot-starter-data-* org.springframework.boot:spring-boot-starter-jdbc org.jetbrains.exposed:* io.ebean:*',
      nuget:
        'microsoft.entityframeworkcore microsoft.entityframeworkcore.sqlserver npgsql.entityframeworkcore.postgresql pomelo.entityframeworkcore.mysql dapper nhibernate fluentmigrator dbup linq2db servicestack.ormlite',
      go: 'gorm.io/gorm entgo.io/ent github.com/jmoiron/sqlx xorm.io/xorm github.com/uptrace/bun github.com/golang-migrate/migrate github.com/pressly/goose',
      gem: 'activerecord sequel rom audited paper_trail ar-octopus',
      cargo: 'diesel sqlx sea-orm',
    },
  },
  {
    because: 'a queue, a scheduler or a message broker',
    weight: 'full',
    packages: {
      npm: 'amqplib kafkajs bull bullmq bee-queue agenda pg-boss nats mqtt zeromq @confluentinc/kafka-javascript rhea @temporalio/* inngest graphile-worker node-cron croner',
      pypi: 'celery kombu pika aio-pika kafka-python confluent-kafka aiokafka rq dramatiq huey apscheduler nats-py prefect apache-airflow temporalio django-celery-beat django-celery-results',
      maven:
        'org.apache.kafka:* org.springframework.kafka:* com.rabbitmq:* org.springframework.amqp:* org.springframework.boot:spring-boot-starter-amqp org.springframework.boot:spring-boot-starter-activemq org.apache.activemq:* org.apache.pulsar:* io.nats:* org.quartz-scheduler:* org.springframework.boot:spring-boot-starter-quartz io.temporal:* org.apache.camel:* org.springframework.batch:*',
      nuget:
        'rabbitmq.client confluent.kafka masstransit masstransit.* nservicebus rebus hangfire hangfire.* quartz azure.messaging.* nats.client nats.net mediatr paramore.brighter wolverinefx temporalio tickerq mqttnet apache.avro',
      go: 'github.com/rabbitmq/amqp091-go github.com/streadway/amqp github.com/segmentio/kafka-go github.com/confluentinc/confluent-kafka-go github.com/ibm/sarama github.com/shopify/sarama github.com/nats-io/nats.go github.com/hibiken/asynq github.com/robfig/cron go.temporal.io/sdk',
      gem: 'sidekiq sidekiq-cron sidekiq-scheduler resque delayed_job delayed_job_active_record good_job solid_queue bunny sneakers ruby-kafka karafka shoryuken que whenever racecar',
      cargo: 'lapin rdkafka async-nats apalis',
    },
  },
  {
    because: 'a cache or a shared store',
    weight: 'full',
    packages: {
      npm: 'redis ioredis memcached memjs keyv @upstash/redis connect-redis node-cache-manager cache-manager @keyv/redis',
      pypi: 'redis django-redis pymemcache python-memcached aiocache aioredis django-cacheops',
      maven:
        'redis.clients:* io.lettuce:* org.redisson:* org.springframework.boot:spring-boot-starter-cache com.hazelcast:* org.ehcache:* com.github.ben-manes.caffeine:caffeine net.spy:spymemcached org.infinispan:*',
      nuget:
        'stackexchange.redis microsoft.extensions.caching.stackexchangeredis enyimmemcachedcore easycaching.* zygotine.fusioncache',
      go: 'github.com/redis/go-redis github.com/go-redis/redis github.com/bradfitz/gomemcache github.com/gomodule/redigo github.com/dgraph-io/ristretto github.com/allegro/bigcache',
      gem: 'redis redis-rails dalli redis-store solid_cache hiredis redis-session-store',
      cargo: 'redis fred moka memcache',
    },
  },
  {
    because: 'a web or RPC framework',
    weight: 'full',
    packages: {
      npm: 'express fastify koa @hapi/hapi restify @nestjs/core hono next nuxt @remix-run/* @sveltejs/kit astro gatsby @grpc/grpc-js @trpc/server @apollo/server apollo-server graphql-yoga mercurius socket.io ws @feathersjs/feathers loopback @loopback/core sails meteor electron react-native expo ionic @ionic/* @tauri-apps/*',
      pypi: 'django djangorestframework flask fastapi starlette tornado aiohttp sanic falcon pyramid bottle grpcio graphene graphene-django strawberry-graphql uvicorn gunicorn channels litestar quart streamlit connexion drf-spectacular',
      maven:
        'org.springframework.boot:spring-boot-starter-web org.springframework.boot:spring-boot-starter-webflux org.springframework.boot:spring-boot-starter-websocket org.springframework.boot:spring-boot-starter-graphql org.springframework.boot:spring-boot-starter-data-rest io.ktor:ktor-server-* io.javalin:* io.dropwizard:* io.micronaut:* io.quarkus:* io.vertx:vertx-web io.grpc:* org.glassfish.jersey.* org.glassfish.grizzly:* org.eclipse.jetty:jetty-server com.graphql-java:* com.sparkjava:* org.apache.cxf:* com.netflix.graphql.dgs:*',
      nuget:
        'microsoft.aspnetcore.app microsoft.aspnetcore.signalr* grpc.aspnetcore grpc.net.client hotchocolate* graphql servicestack nancy fastendpoints carter yarp.reverseproxy ocelot microsoft.azure.functions.worker',
      go: 'github.com/gin-gonic/gin github.com/labstack/echo github.com/gofiber/fiber github.com/gorilla/mux github.com/go-chi/chi google.golang.org/grpc connectrpc.com/connect github.com/99designs/gqlgen github.com/spf13/cobra k8s.io/client-go sigs.k8s.io/controller-runtime github.com/defenseunicorns/zarf helm.sh/helm*',
      gem: 'rails sinatra hanami grape graphql grpc roda puma actioncable anycable view_component turbo-rails',
      cargo: 'axum actix-web rocket warp tonic hyper poem',
    },
  },
  {
    because: 'a state manager',
    weight: 'full',
    packages: {
      npm: 'redux @reduxjs/toolkit mobx mobx-state-tree zustand recoil jotai pinia vuex xstate effector @ngrx/store',
      nuget: 'fluxor',
    },
  },
  {
    because: 'a user-interface framework',
    weight: 'some',
    packages: {
      npm: 'react vue @angular/core svelte solid-js preact lit ember-source @tanstack/react-query @tanstack/vue-query react-query swr @apollo/client urql relay-runtime react-router-dom react-router vue-router i18next next-i18next react-i18next react-intl vue-i18n @mui/material @chakra-ui/react antd rxjs',
      maven: 'org.openjfx:* com.vaadin:* org.apache.wicket:* org.springframework.boot:spring-boot-starter-thymeleaf',
      nuget: 'avalonia microsoft.maui.controls mudblazor',
      gem: 'react-rails stimulus-rails webpacker jsbundling-rails vite_rails importmap-rails',
    },
  },
  {
    because: 'a cloud provider’s service',
    weight: 'full',
    packages: {
      npm: 'aws-sdk @aws-sdk/client-* @azure/* @google-cloud/* aws-amplify aws-cdk-lib @pulumi/* @vercel/* wrangler @cloudflare/workers-types minio',
      pypi: 'boto3 aioboto3 google-cloud-* azure-* minio django-storages aws-cdk-lib pulumi',
      maven:
        'software.amazon.awssdk:* com.amazonaws:* com.azure:* com.google.cloud:* io.awspring.cloud:* org.springframework.cloud:* io.minio:*',
      nuget:
        'awssdk.* azure.storage.* azure.identity azure.data.* google.cloud.* microsoft.azure.* azure.security.keyvault.* minio',
      go: 'github.com/aws/aws-sdk-go* cloud.google.com/go* github.com/azure/azure-sdk-for-go* github.com/minio/minio-go gocloud.dev',
      gem: 'aws-sdk aws-sdk-* google-cloud-* azure-* fog-*',
      cargo: 'aws-sdk-* google-cloud-* azure_*',
    },
  },
  {
    because: 'a model (machine learning) and who serves it',
    weight: 'full',
    packages: {
      npm: 'openai @anthropic-ai/sdk ai @ai-sdk/* langchain @langchain/* llamaindex @google/generative-ai @google/genai cohere-ai @mistralai/mistralai ollama @huggingface/* @modelcontextprotocol/sdk replicate @tensorflow/tfjs*',
      pypi: 'openai anthropic langchain langchain-* llama-index transformers torch tensorflow sentence-transformers cohere mistralai google-generativeai google-genai litellm ollama vllm mcp huggingface-hub',
      maven:
        'dev.langchain4j:* com.openai:* com.anthropic:* org.springframework.ai:* ai.djl:* com.theokanning.openai-gpt3-java:*',
      nuget:
        'openai azure.ai.* anthropic* microsoft.semantickernel* microsoft.extensions.ai* microsoft.ml ollamasharp modelcontextprotocol',
      go: 'github.com/sashabaranov/go-openai github.com/openai/openai-go github.com/anthropics/anthropic-sdk-go github.com/tmc/langchaingo github.com/ollama/ollama',
      gem: 'ruby-openai openai anthropic langchainrb ruby_llm',
      cargo: 'async-openai candle-core',
    },
  },
  {
    because: 'how people and services prove who they are',
    weight: 'some',
    packages: {
      npm: 'passport passport-* next-auth @auth/* openid-client oidc-provider oidc-client-ts react-oidc-context keycloak-js @okta/* @auth0/* auth0 @clerk/* express-session jsonwebtoken jose lucia better-auth @casl/ability',
      pypi: 'authlib python-jose pyjwt django-allauth social-auth-app-django social-auth-core mozilla-django-oidc flask-login flask-jwt-extended python-keycloak python-social-auth djangorestframework-simplejwt casbin edx-rbac',
      maven:
        'org.springframework.boot:spring-boot-starter-security org.springframework.boot:spring-boot-starter-oauth2-* org.springframework.security:* org.keycloak:* org.pac4j:* com.auth0:* io.jsonwebtoken:* com.nimbusds:*',
      nuget:
        'microsoft.aspnetcore.authentication.* microsoft.identity.web* identityserver4 duende.identityserver openiddict* auth0.* microsoft.aspnetcore.identity.*',
      go: 'golang.org/x/oauth2 github.com/coreos/go-oidc github.com/golang-jwt/jwt github.com/casbin/casbin github.com/ory/*',
      gem: 'devise omniauth omniauth-* doorkeeper rodauth jwt pundit cancancan',
      cargo: 'oauth2 openidconnect jsonwebtoken',
    },
  },
  {
    because: 'how the product is observed, and who gets the data',
    weight: 'some',
    packages: {
      npm: '@sentry/* dd-trace newrelic @opentelemetry/sdk-* @opentelemetry/api @elastic/apm-rum elastic-apm-node applicationinsights @bugsnag/js rollbar launchdarkly-* @launchdarkly/* unleash-client @flipt-io/* @growthbook/growthbook posthog-js posthog-node',
      pypi: 'sentry-sdk ddtrace newrelic opentelemetry-sdk opentelemetry-api elastic-apm rollbar launchdarkly-server-sdk unleashclient posthog',
      maven:
        'io.opentelemetry:* io.micrometer:micrometer-registry-* io.sentry:* org.springframework.boot:spring-boot-starter-actuator com.launchdarkly:*',
      nuget:
        'opentelemetry opentelemetry.* sentry sentry.* datadog.trace newrelic.agent* microsoft.applicationinsights* launchdarkly.*',
      go: 'go.opentelemetry.io/otel* github.com/getsentry/sentry-go gopkg.in/datadog/dd-trace-go.v1 github.com/prometheus/client_golang github.com/newrelic/go-agent',
      gem: 'sentry-ruby sentry-rails ddtrace datadog newrelic_rpm skylight rollbar opentelemetry-sdk scout_apm appsignal lograge application_insights launchdarkly-server-sdk flipper',
      cargo: 'opentelemetry sentry',
    },
  },
];
