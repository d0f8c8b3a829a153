using Microsoft.Playwright;
using Microsoft.VisualStudio.TestTools.UnitTesting;

[assembly: DoNotParallelize]

namespace DoorController.BrowserTests;

/// <summary>The one browser of the run: its emulated Bluetooth is one for the whole process, so tests come one after another.</summary>
[TestClass]
public sealed class BrowserRun
{
    private const string Executable = "/usr/bin/chromium-headless-shell";
    private static IPlaywright? _playwright;

    /// <summary>The browser; null where there is none.</summary>
    internal static IBrowser? Browser { get; private set; }

    [AssemblyInitialize]
    public static async Task StartAsync(TestContext context)
    {
        _ = context;
        if (!File.Exists(Executable))
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Executable,
            Headless = true,
            Args = ["--no-sandbox", "--enable-blink-features=WebBluetooth", "--disable-gpu", "--no-proxy-server"],
        });
    }

    [AssemblyCleanup]
    public static async Task StopAsync()
    {
        if (Browser != null)
        {
            await Browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>Skips the test where there is no browser.</summary>
    internal static IBrowser Need()
    {
        if (Browser == null)
        {
            Assert.Inconclusive($"{Executable} is not here (apt-get install chromium-headless-shell), and shows the page");
        }

        return Browser!;
    }
}
