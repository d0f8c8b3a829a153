using DoorController.KeyServer.Audit;
using DoorController.KeyServer.Carry;
using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Keeping;
using DoorController.KeyServer.Look;
using DoorController.KeyServer.Measure;
using DoorController.KeyServer.Outside;
using DoorController.KeyServer.Page;
using DoorController.KeyServer.Redeem;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Seam;
using DoorController.KeyServer.Sync;
using DoorController.KeyServer.Webhooks;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry.Metrics;

namespace DoorController.KeyServer;

/// <summary>The web application: what it listens on, how it logs, and every room's routes.</summary>
public static class KeyServerApp
{
    /// <summary>Builds the application around an open site, which it disposes of.</summary>
    public static WebApplication Build(KeyServerSettings settings, Site site)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        CertificateFile? certificate = settings.CertificateFile == null ? null : new CertificateFile(settings.CertificateFile, site.Database.Clock);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options => Listen(options, settings, certificate));
        AddLogging(builder.Logging, settings);
        AddRooms(builder.Services, settings, site);
        Meters meters = new();
        builder.Services.AddSingleton(_ => meters);
        AddServices(builder.Services, meters.Name);
        WebApplication app = builder.Build();
        app.UseMiddleware<RequestShape>();
        app.Use(DoorListener.Guard);
        app.UseRouting();
        MapRoutes(app);
        return app;
    }

    private static void AddLogging(ILoggingBuilder logging, KeyServerSettings settings)
    {
        if (settings.IsLogJson)
        {
            logging.AddJsonConsole(o => o.UseUtcTimestamp = true);
        }
        else
        {
            logging.AddSimpleConsole(o => o.SingleLine = true);
        }

        logging.SetMinimumLevel(LogLevel.Information);

        // Paths hold link codes, and ASP.NET Core logs paths from Information on. Set here so that no environment can change it.
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System.Net.Http", LogLevel.Warning);
        logging.AddFilter("Npgsql", LogLevel.Warning);

        // An address that cannot be listened on is told by the command, in one line and without a stack.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
    }

    private static void AddRooms(IServiceCollection services, KeyServerSettings settings, Site site)
    {
        services.AddSingleton(settings);
        services.AddSingleton(_ => site);
        services.AddSingleton<TimeProvider>(site.Database.Clock);
        services.AddSingleton<Links>();
        services.AddSingleton<LinkGuard>();
        services.AddSingleton(_ => new LogoFetcher(OutsideHttp.Make(settings.IsPrivateAllowed ? _ => true : PublicAddress.IsPublic), settings.IsPrivateAllowed));
        services.AddSingleton<Redeemer>();
        services.AddSingleton<PhoneBudget>();
        services.AddSingleton(_ => new CarryDesk(site.Keys.Root));
        services.AddSingleton(_ => new DoorDirectory(site.Database, site.Keys.Root));
        services.AddSingleton(provider => new SeenBook(site.Database, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SyncDesk>();
        services.AddSingleton<AuditBook>();
        services.AddSingleton<TrailTeller>();
        services.AddSingleton(_ => new WebhookClient(settings, site.Keys));
        services.AddSingleton<WebhookTeller>();
        services.AddSingleton<Retention>();
        services.AddSingleton<Upkeep>();
        services.AddSingleton<SilentDoors>();
    }

    /// <summary>What runs without being asked, and what is counted.</summary>
    private static void AddServices(IServiceCollection services, string meter)
    {
        services.AddHostedService<MarksKeeper>();
        services.AddHostedService<TrailTellerService>();
        services.AddHostedService<WebhookService>();
        services.AddHostedService<UpkeepService>();
        services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(meter).AddPrometheusExporter(o => o.ScrapeResponseCacheDurationMilliseconds = 0));
    }

    private static void MapRoutes(WebApplication app)
    {
        HealthRoutes.Map(app);
        UserIdentityRoutes.Map(app);
        InstantKeyRoutes.Map(app);
        EventRoutes.Map(app);
        WorkspaceRoutes.Map(app);
        AcsRoutes.Map(app);
        CredentialRoutes.Map(app);
        SpaceRoutes.Map(app);
        AccessGrantRoutes.Map(app);
        AccessMethodRoutes.Map(app);
        RelatedRoutes.Map(app);
        SessionRoutes.Map(app);
        WebhookRoutes.Map(app);
        CustomizationProfileRoutes.Map(app);
        LogoRoute.Map(app);
        PageFiles.Map(app);
        RedeemRoutes.Map(app);
        PhoneRoutes.Map(app);
        ScopeRoutes.Map(app);
        RegisterRoutes.Map(app);
        DoorRoutes.Map(app);
        AlarmRoutes.Map(app);
        StatusRoutes.Map(app);
        RightRoutes.Map(app);
        AuditRoutes.Map(app);
        DoorEndpoints.Map(app);
    }

    private static void Listen(KestrelServerOptions options, KeyServerSettings settings, CertificateFile? certificate)
    {
        DoorListener.Listen(options, settings, certificate);
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = Api.MaxRequestBytes;
        options.Limits.MaxRequestLineSize = 8 * 1024;
        options.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        options.Limits.MaxConcurrentConnections = 4096;
        options.Limits.MinRequestBodyDataRate = new MinDataRate(100, TimeSpan.FromSeconds(5));
    }
}
