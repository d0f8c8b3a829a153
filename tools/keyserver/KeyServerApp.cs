using DoorController.KeyServer.Audit;
using DoorController.KeyServer.Carry;
using DoorController.KeyServer.Doors;
using DoorController.KeyServer.Keeping;
using DoorController.KeyServer.Look;
using DoorController.KeyServer.Outside;
using DoorController.KeyServer.Page;
using DoorController.KeyServer.Redeem;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Seam;
using DoorController.KeyServer.Sync;
using DoorController.KeyServer.Webhooks;
using Microsoft.AspNetCore.Server.Kestrel.Core;

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
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true);
        builder.Logging.SetMinimumLevel(LogLevel.Information);

        // Paths hold link codes, and ASP.NET Core logs paths from Information on. Set here so that no environment can change it.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Npgsql", LogLevel.Warning);

        // An address that cannot be listened on is told by the command, in one line and without a stack.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(_ => site);
        builder.Services.AddSingleton<TimeProvider>(site.Database.Clock);
        builder.Services.AddSingleton<Links>();
        builder.Services.AddSingleton<LinkGuard>();
        builder.Services.AddSingleton(_ => new LogoFetcher(OutsideHttp.Make(settings.IsPrivateAllowed ? _ => true : PublicAddress.IsPublic), settings.IsPrivateAllowed));
        builder.Services.AddSingleton<Redeemer>();
        builder.Services.AddSingleton<PhoneBudget>();
        builder.Services.AddSingleton(_ => new CarryDesk(site.Keys.Root));
        builder.Services.AddSingleton<Retention>();
        builder.Services.AddHostedService<MarksKeeper>();
        builder.Services.AddSingleton(_ => new DoorDirectory(site.Database, site.Keys.Root));
        builder.Services.AddSingleton(services => new SeenBook(site.Database, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<SyncDesk>();
        builder.Services.AddSingleton<AuditBook>();
        builder.Services.AddSingleton<TrailTeller>();
        builder.Services.AddHostedService<TrailTellerService>();
        builder.Services.AddSingleton(_ => new WebhookClient(settings, site.Keys));
        builder.Services.AddSingleton<WebhookTeller>();
        builder.Services.AddHostedService<WebhookService>();
        builder.Services.AddSingleton<Upkeep>();
        builder.Services.AddSingleton<SilentDoors>();
        builder.Services.AddHostedService<UpkeepService>();

        WebApplication app = builder.Build();
        app.UseMiddleware<RequestShape>();
        app.Use(DoorListener.Guard);
        app.UseRouting();
        MapRoutes(app);
        return app;
    }

    private static void MapRoutes(WebApplication app)
    {
        app.MapGet("/health", http => Api.WriteAsync(http, 200, new { }));
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
