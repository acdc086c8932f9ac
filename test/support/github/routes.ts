/** All routes that stand in front of `emulate`, the more exact ones first. */
import { graphqlRoutes } from './graphql/answer.ts';
import { appRoutes } from './rest/apps.ts';
import { checkRoutes } from './rest/checks.ts';
import { commentRoutes } from './rest/comments.ts';
import { issueRoutes } from './rest/issues.ts';
import { memberRoutes } from './rest/members.ts';
import { pullRoutes } from './rest/pulls.ts';
import { repositoryRoutes } from './rest/repositories.ts';
import { reviewRoutes } from './rest/reviews.ts';
import { ruleRoutes } from './rest/rules.ts';
import { statusRoutes } from './rest/statuses.ts';
import type { Route } from './routing.ts';

/** The first that fits answers. */
export const routes: Route[] = [
  ...appRoutes,
  ...checkRoutes,
  ...statusRoutes,
  ...ruleRoutes,
  ...reviewRoutes,
  ...pullRoutes,
  ...commentRoutes,
  ...issueRoutes,
  ...memberRoutes,
  ...graphqlRoutes,
  ...repositoryRoutes,
];
