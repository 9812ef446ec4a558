// Generated from the OpenAPI bundle by scripts/generate.mjs. Do not edit: run `make generate`.

export type ClientOptions = {
    baseUrl: `${string}://${string}` | 'https://api.alania-go.ru' | (string & {});
};

/**
 * A permission on the platform itself. `CREATE_APIKEYS` is the scope `apikeys:create`, and so on: `ACTION_RESOURCE` is
 * `resource:action`, in lower case and with hyphens.
 */
export type AppPermission = 'CREATE_APIKEYS' | 'READ_APIKEYS' | 'UPDATE_APIKEYS' | 'DELETE_APIKEYS' | 'CREATE_USERS' | 'READ_USERS' | 'UPDATE_USERS' | 'DELETE_USERS' | 'CREATE_ROLES' | 'READ_ROLES' | 'UPDATE_ROLES' | 'DELETE_ROLES' | 'CREATE_WORKSPACES' | 'READ_WORKSPACES' | 'UPDATE_WORKSPACES' | 'DELETE_WORKSPACES' | 'CREATE_WEBHOOKS' | 'READ_WEBHOOKS' | 'UPDATE_WEBHOOKS' | 'DELETE_WEBHOOKS' | 'CREATE_INTEGRATIONS' | 'READ_INTEGRATIONS' | 'UPDATE_INTEGRATIONS' | 'DELETE_INTEGRATIONS' | 'CREATE_SETTINGS' | 'READ_SETTINGS' | 'UPDATE_SETTINGS' | 'DELETE_SETTINGS' | 'CREATE_AUDIT_LOGS' | 'READ_AUDIT_LOGS' | 'UPDATE_AUDIT_LOGS' | 'DELETE_AUDIT_LOGS' | (string & {});

/**
 * A permission on assets and their maintenance. `CREATE_ASSETS` is the scope `assets:create`, and so on: `ACTION_RESOURCE` is
 * `resource:action`, in lower case and with hyphens.
 */
export type AssetManagementPermission = 'CREATE_ASSETS' | 'READ_ASSETS' | 'UPDATE_ASSETS' | 'DELETE_ASSETS' | 'CREATE_ASSET_CATEGORIES' | 'READ_ASSET_CATEGORIES' | 'UPDATE_ASSET_CATEGORIES' | 'DELETE_ASSET_CATEGORIES' | 'CREATE_MAINTENANCE_PLANS' | 'READ_MAINTENANCE_PLANS' | 'UPDATE_MAINTENANCE_PLANS' | 'DELETE_MAINTENANCE_PLANS' | 'CREATE_MAINTENANCE_ORDERS' | 'READ_MAINTENANCE_ORDERS' | 'UPDATE_MAINTENANCE_ORDERS' | 'DELETE_MAINTENANCE_ORDERS' | (string & {});

/**
 * A permission on calendars. `CREATE_CALENDAR_EVENTS` is the scope `calendar-events:create`, and so on: `ACTION_RESOURCE` is
 * `resource:action`, in lower case and with hyphens.
 */
export type CalendarPermission = 'CREATE_CALENDAR_EVENTS' | 'READ_CALENDAR_EVENTS' | 'UPDATE_CALENDAR_EVENTS' | 'DELETE_CALENDAR_EVENTS' | 'CREATE_CALENDARS' | 'READ_CALENDARS' | 'UPDATE_CALENDARS' | 'DELETE_CALENDARS' | 'CREATE_APPOINTMENTS' | 'READ_APPOINTMENTS' | 'UPDATE_APPOINTMENTS' | 'DELETE_APPOINTMENTS' | (string & {});

/**
 * A permission on what is sent to people. `CREATE_TEMPLATES` is the scope `templates:create`, and so on: `ACTION_RESOURCE` is
 * `resource:action`, in lower case and with hyphens.
 */
export type CommunicationsPermission = 'CREATE_TEMPLATES' | 'READ_TEMPLATES' | 'UPDATE_TEMPLATES' | 'DELETE_TEMPLATES' | 'CREATE_MESSAGES' | 'READ_MESSAGES' | 'UPDATE_MESSAGES' | 'DELETE_MESSAGES' | 'CREATE_CAMPAIGNS' | 'READ_CAMPAIGNS' | 'UPDATE_CAMPAIGNS' | 'DELETE_CAMPAIGNS' | 'CREATE_NOTIFICATIONS' | 'READ_NOTIFICATIONS' | 'UPDATE_NOTIFICATIONS' | 'DELETE_NOTIFICATIONS' | (string & {});

/**
 * A permission on the configurator. `CREATE_CONCEPTS` is the scope `concepts:create`, and so on: `ACTION_RESOURCE` is
 * `resource:action`, in lower case and with hyphens.
 */
export type ConfiguratorPermission = 'CREATE_CONCEPTS' | 'READ_CONCEPTS' | 'UPDATE_CONCEPTS' | 'DELETE_CONCEPTS' | 'CREATE_CONFIGURATIONS' | 'READ_CONFIGURATIONS' | 'UPDATE_CONFIGURATIONS' | 'DELETE_CONFIGURATIONS' | 'CREATE_RULES' | 'READ_RULES' | 'UPDATE_RULES' | 'DELETE_RULES' | 'CREATE_OPTIONS' | 'READ_OPTIONS' | 'UPDATE_OPTIONS' | 'DELETE_OPTIONS' | (string & {});

/**
 * A permission on customer relations. `CREATE_LEADS` is the scope `leads:create`, and so on: `ACTION_RESOURCE` is
 * `resource:action`, in lower case and with hyphens.
 */
export type CrmPermission = 'CREATE_LEADS' | 'READ_LEADS' | 'UPDATE_LEADS' | 'DELETE_LEADS' | 'CREATE_CONTACTS' | 'READ_CONTACTS' | 'UPDATE_CONTACTS' | 'DELETE_CONTACTS' | 'CREATE_OPPORTUNITIES' | 'READ_OPPORTUNITIES' | 'UPDATE_OPPORTUNITIES' | 'DELETE_OPPORTUNITIES' | 'CREATE_ACCOUNTS' | 'READ_ACCOUNTS' | 'UPDATE_ACCOUNTS' | 'DELETE_ACCOUNTS' | 'CREATE_ACTIVITIES' | 'READ_ACTIVITIES' | 'UPDATE_ACTIVITIES' | 'DELETE_ACTIVITIES' | (string & {});

/**
 * A permission on finance. `CREATE_CLIENTS` is the scope `clients:create`, and so on: `ACTION_RESOURCE` is
 * `resource:action`, in lower case and with hyphens.
 */
export type FinancePermission = 'CREATE_CLIENTS' | 'READ_CLIENTS' | 'UPDATE_CLIENTS' | 'DELETE_CLIENTS' | 'CREATE_INVOICES' | 'READ_INVOICES' | 'UPDATE_INVOICES' | 'DELETE_INVOICES' | 'CREATE_PAYMENTS' | 'READ_PAYMENTS' | 'UPDATE_PAYMENTS' | 'DELETE_PAYMENTS' | 'CREATE_EXPENSES' | 'READ_EXPENSES' | 'UPDATE_EXPENSES' | 'DELETE_EXPENSES' | 'CREATE_SUPPLIERS' | 'READ_SUPPLIERS' | 'UPDATE_SUPPLIERS' | 'DELETE_SUPPLIERS' | 'CREATE_TAX_RATES' | 'READ_TAX_RATES' | 'UPDATE_TAX_RATES' | 'DELETE_TAX_RATES' | (string & {});

/**
 * A permission on human resources. `CREATE_EMPLOYEES` is the scope `employees:create`, and so on: `ACTION_RESOURCE` is
 * `resource:action`, in lower case and with hyphens.
 */
export type HrPermission = 'CREATE_EMPLOYEES' | 'READ_EMPLOYEES' | 'UPDATE_EMPLOYEES' | 'DELETE_EMPLOYEES' | 'CREATE_DEPARTMENTS' | 'READ_DEPARTMENTS' | 'UPDATE_DEPARTMENTS' | 'DELETE_DEPARTMENTS' | 'CREATE_LEAVE_REQUESTS' | 'READ_LEAVE_REQUESTS' | 'UPDATE_LEAVE_REQUESTS' | 'DELETE_LEAVE_REQUESTS' | 'CREATE_TIMESHEETS' | 'READ_TIMESHEETS' | 'UPDATE_TIMESHEETS' | 'DELETE_TIMESHEETS' | 'CREATE_PAYROLLS' | 'READ_PAYROLLS' | 'UPDATE_PAYROLLS' | 'DELETE_PAYROLLS' | (string & {});

/**
 * A permission on stock. `CREATE_INVENTORY` is the scope `inventory:create`, and so on: `ACTION_RESOURCE` is
 * `resource:action`, in lower case and with hyphens.
 */
export type InventoryPermission = 'CREATE_INVENTORY' | 'READ_INVENTORY' | 'UPDATE_INVENTORY' | 'DELETE_INVENTORY' | 'CREATE_WAREHOUSES' | 'READ_WAREHOUSES' | 'UPDATE_WAREHOUSES' | 'DELETE_WAREHOUSES' | 'CREATE_STOCK_MOVEMENTS' | 'READ_STOCK_MOVEMENTS' | 'UPDATE_STOCK_MOVEMENTS' | 'DELETE_STOCK_MOVEMENTS' | 'CREATE_STOCKTAKES' | 'READ_STOCKTAKES' | 'UPDATE_STOCKTAKES' | 'DELETE_STOCKTAKES' | (string & {});

/**
 * A permission on production. `CREATE_PRODUCTION` is the scope `production:create`, and so on: `ACTION_RESOURCE` is
 * `resource:action`, in lower case and with hyphens.
 */
export type ProductionPermission = 'CREATE_PRODUCTION' | 'READ_PRODUCTION' | 'UPDATE_PRODUCTION' | 'DELETE_PRODUCTION' | 'CREATE_WORK_ORDERS' | 'READ_WORK_ORDERS' | 'UPDATE_WORK_ORDERS' | 'DELETE_WORK_ORDERS' | 'CREATE_BILLS_OF_MATERIALS' | 'READ_BILLS_OF_MATERIALS' | 'UPDATE_BILLS_OF_MATERIALS' | 'DELETE_BILLS_OF_MATERIALS' | 'CREATE_WORK_CENTERS' | 'READ_WORK_CENTERS' | 'UPDATE_WORK_CENTERS' | 'DELETE_WORK_CENTERS' | (string & {});

/**
 * A permission on products. `CREATE_PRODUCTS` is the scope `products:create`, and so on: `ACTION_RESOURCE` is
 * `resource:action`, in lower case and with hyphens.
 */
export type ProductsPermission = 'CREATE_PRODUCTS' | 'READ_PRODUCTS' | 'UPDATE_PRODUCTS' | 'DELETE_PRODUCTS' | 'CREATE_PRODUCT_CATEGORIES' | 'READ_PRODUCT_CATEGORIES' | 'UPDATE_PRODUCT_CATEGORIES' | 'DELETE_PRODUCT_CATEGORIES' | 'CREATE_PRICE_LISTS' | 'READ_PRICE_LISTS' | 'UPDATE_PRICE_LISTS' | 'DELETE_PRICE_LISTS' | 'CREATE_VARIANTS' | 'READ_VARIANTS' | 'UPDATE_VARIANTS' | 'DELETE_VARIANTS' | (string & {});

/**
 * A permission on projects. `CREATE_PROJECTS` is the scope `projects:create`, and so on: `ACTION_RESOURCE` is
 * `resource:action`, in lower case and with hyphens.
 */
export type ProjectsPermission = 'CREATE_PROJECTS' | 'READ_PROJECTS' | 'UPDATE_PROJECTS' | 'DELETE_PROJECTS' | 'CREATE_TASKS' | 'READ_TASKS' | 'UPDATE_TASKS' | 'DELETE_TASKS' | 'CREATE_MILESTONES' | 'READ_MILESTONES' | 'UPDATE_MILESTONES' | 'DELETE_MILESTONES' | 'CREATE_TIME_ENTRIES' | 'READ_TIME_ENTRIES' | 'UPDATE_TIME_ENTRIES' | 'DELETE_TIME_ENTRIES' | (string & {});

/**
 * A permission on reports, which can only be read. `READ_SALES_REPORTS` is the scope `sales-reports:read`, and so on: `ACTION_RESOURCE` is
 * `resource:action`, in lower case and with hyphens.
 */
export type ReportingPermission = 'READ_SALES_REPORTS' | 'READ_FINANCE_REPORTS' | 'READ_INVENTORY_REPORTS' | 'READ_PRODUCTION_REPORTS' | 'READ_HR_REPORTS' | 'READ_PROJECT_REPORTS' | 'READ_CRM_REPORTS' | (string & {});

/**
 * What the key may do, by group; nothing that you may not do yourself. A group that is left out allows nothing.
 */
export type PermissionsInput = {
    /**
     * Permissions of the group app.
     */
    appPermissions?: Array<AppPermission>;
    /**
     * Permissions of the group asset management.
     */
    assetManagementPermissions?: Array<AssetManagementPermission>;
    /**
     * Permissions of the group calendar.
     */
    calendarPermissions?: Array<CalendarPermission>;
    /**
     * Permissions of the group communications.
     */
    communicationsPermissions?: Array<CommunicationsPermission>;
    /**
     * Permissions of the group configurator.
     */
    configuratorPermissions?: Array<ConfiguratorPermission>;
    /**
     * Permissions of the group CRM.
     */
    crmPermissions?: Array<CrmPermission>;
    /**
     * Permissions of the group finance.
     */
    financePermissions?: Array<FinancePermission>;
    /**
     * Permissions of the group HR.
     */
    hrPermissions?: Array<HrPermission>;
    /**
     * Permissions of the group inventory.
     */
    inventoryPermissions?: Array<InventoryPermission>;
    /**
     * Permissions of the group production.
     */
    productionPermissions?: Array<ProductionPermission>;
    /**
     * Permissions of the group products.
     */
    productsPermissions?: Array<ProductsPermission>;
    /**
     * Permissions of the group projects.
     */
    projectsPermissions?: Array<ProjectsPermission>;
    /**
     * Permissions of the group reporting.
     */
    reportingPermissions?: Array<ReportingPermission>;
};

/**
 * A key to be.
 */
export type ApiKeyCreate = {
    /**
     * Days of 24 hours from now until the key stops being accepted; 0 for never.
     */
    daysTillExpiration: number;
    /**
     * What the key is for; a name is made up where none is given.
     */
    name?: string;
    permissions: PermissionsInput;
};

/**
 * What a key may do, or could be given, by group. Every group is there; an empty one allows nothing.
 */
export type Permissions = {
    /**
     * Permissions of the group app.
     */
    appPermissions: Array<AppPermission>;
    /**
     * Permissions of the group asset management.
     */
    assetManagementPermissions: Array<AssetManagementPermission>;
    /**
     * Permissions of the group calendar.
     */
    calendarPermissions: Array<CalendarPermission>;
    /**
     * Permissions of the group communications.
     */
    communicationsPermissions: Array<CommunicationsPermission>;
    /**
     * Permissions of the group configurator.
     */
    configuratorPermissions: Array<ConfiguratorPermission>;
    /**
     * Permissions of the group CRM.
     */
    crmPermissions: Array<CrmPermission>;
    /**
     * Permissions of the group finance.
     */
    financePermissions: Array<FinancePermission>;
    /**
     * Permissions of the group HR.
     */
    hrPermissions: Array<HrPermission>;
    /**
     * Permissions of the group inventory.
     */
    inventoryPermissions: Array<InventoryPermission>;
    /**
     * Permissions of the group production.
     */
    productionPermissions: Array<ProductionPermission>;
    /**
     * Permissions of the group products.
     */
    productsPermissions: Array<ProductsPermission>;
    /**
     * Permissions of the group projects.
     */
    projectsPermissions: Array<ProjectsPermission>;
    /**
     * Permissions of the group reporting.
     */
    reportingPermissions: Array<ReportingPermission>;
};

/**
 * Id of a tenant, that is of an organization.
 */
export type TenantId = string;

/**
 * A new key with its secret, which is shown this once.
 */
export type ApiKeyCreated = {
    /**
     * When the key was created.
     */
    created: string;
    /**
     * Id of the user whose credentials created it. Where they are no user's, it is the id of the client or key.
     */
    createdBy: string;
    /**
     * When the key stops being accepted; `null` for never.
     */
    expiration: string | null;
    /**
     * The key itself. Keep it safe, it cannot be shown again.
     */
    key: string;
    /**
     * What the key is for.
     */
    name: string;
    permissions: Permissions;
    tenantId: TenantId;
    /**
     * The public start of the key, to recognize it by.
     */
    truncatedKey: string;
};

/**
 * What went wrong.
 */
export type Error = {
    /**
     * The kind of error in a few words; the same for every occurrence.
     */
    title: string;
    /**
     * What happened this time and what to do about it, for a person. Never repeats a value you sent.
     */
    detail: string;
    /**
     * When it happened.
     */
    time: string;
};

/**
 * Id of an API key.
 */
export type KeyId = string;

/**
 * An API key without its secret.
 */
export type ApiKey = {
    /**
     * When the key was created.
     */
    created: string;
    /**
     * Id of the user whose credentials created it. Where they are no user's, it is the id of the client or key, and
     * `system` for a key that the operator made.
     */
    createdBy: string;
    /**
     * When the key stops being accepted; `null` for never.
     */
    expiration: string | null;
    id: KeyId;
    /**
     * When the key was last used, to about a minute; `null` if never.
     */
    lastUsed: string | null;
    /**
     * What the key is for.
     */
    name: string;
    permissions: Permissions;
    tenantId: TenantId;
    /**
     * The public start of the key, to recognize it by.
     */
    truncatedKey: string;
};

/**
 * API keys, the newest first.
 */
export type ApiKeyList = Array<ApiKey>;

/**
 * Id of a user.
 */
export type UserId = string;

/**
 * The new name. It is the member `name`; where there is none, the first member in alphabetical order, whatever it is
 * called, so that clients generated from earlier descriptions of this operation work.
 */
export type ApiKeyRename = {
    [key: string]: string;
};

/**
 * The id of the user whose API keys are meant. It is what `createdBy` of the user's keys shows.
 */
export type PathUserId = UserId;

/**
 * The id of the API key, as the lists show it (not the key itself).
 */
export type PathKeyId = KeyId;

export type CreateUserApiKeyData = {
    body: ApiKeyCreate;
    path?: never;
    query?: never;
    url: '/api/v1/api-key';
};

export type CreateUserApiKeyResponses = {
    /**
     * The new key, with its secret.
     */
    201: ApiKeyCreated;
};

export type CreateUserApiKeyResponse = CreateUserApiKeyResponses[keyof CreateUserApiKeyResponses];

export type ListMyApiKeysData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/api-key/all';
};

export type ListMyApiKeysResponses = {
    /**
     * The keys, the newest first.
     */
    200: ApiKeyList;
};

export type ListMyApiKeysResponse = ListMyApiKeysResponses[keyof ListMyApiKeysResponses];

export type DeleteUserApiKeysData = {
    body?: never;
    path: {
        /**
         * The id of the user whose API keys are meant. It is what `createdBy` of the user's keys shows.
         */
        userId: UserId;
    };
    query?: never;
    url: '/api/v1/api-key/all/{userId}';
};

export type DeleteUserApiKeysResponses = {
    /**
     * The user has no keys any more.
     */
    204: void;
};

export type DeleteUserApiKeysResponse = DeleteUserApiKeysResponses[keyof DeleteUserApiKeysResponses];

export type ListUserApiKeysData = {
    body?: never;
    path: {
        /**
         * The id of the user whose API keys are meant. It is what `createdBy` of the user's keys shows.
         */
        userId: UserId;
    };
    query?: never;
    url: '/api/v1/api-key/all/{userId}';
};

export type ListUserApiKeysResponses = {
    /**
     * The keys, the newest first.
     */
    200: ApiKeyList;
};

export type ListUserApiKeysResponse = ListUserApiKeysResponses[keyof ListUserApiKeysResponses];

export type GetValidPermissionsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * `true` leaves out what a key is never given even by a caller who has it: to create, update or delete users and
         * roles. `false`, or absent, returns all that the caller has.
         */
        isApiKey?: boolean;
    };
    url: '/api/v1/api-key/valid-permissions';
};

export type GetValidPermissionsResponses = {
    /**
     * The permissions, by group.
     */
    200: Permissions;
};

export type GetValidPermissionsResponse = GetValidPermissionsResponses[keyof GetValidPermissionsResponses];

export type DeleteApiKeyData = {
    body?: never;
    path: {
        /**
         * The id of the API key, as the lists show it (not the key itself).
         */
        id: KeyId;
    };
    query?: never;
    url: '/api/v1/api-key/{id}';
};

export type DeleteApiKeyResponses = {
    /**
     * The key is deleted.
     */
    204: void;
};

export type DeleteApiKeyResponse = DeleteApiKeyResponses[keyof DeleteApiKeyResponses];

export type RenameApiKeyData = {
    body: ApiKeyRename;
    path: {
        /**
         * The id of the API key, as the lists show it (not the key itself).
         */
        id: KeyId;
    };
    query?: never;
    url: '/api/v1/api-key/{id}/name';
};

export type RenameApiKeyResponses = {
    /**
     * The key is renamed.
     */
    204: void;
};

export type RenameApiKeyResponse = RenameApiKeyResponses[keyof RenameApiKeyResponses];
