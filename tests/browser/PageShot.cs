using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.BrowserTests;

/// <summary>Pictures of what a page shows, all in one folder beside the tests.</summary>
internal static class PageShot
{
    /// <summary>Takes one picture.</summary>
    public static Task TakeAsync(IPage page, string name) =>
        page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(AppContext.BaseDirectory, "screenshots", name + ".png") });

    /// <summary>Takes one in light and one in dark, and fails on what is wrong for people who see or touch differently.</summary>
    public static async Task ShowAsync(IPage page, string name)
    {
        foreach (ColorScheme scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
            await TakeAsync(page, $"{name}-{scheme.ToString().ToLowerInvariant()}");
            AxeResult result = await page.RunAxe();
            Assert.IsEmpty(result.Violations, $"{name}, {scheme}: {string.Join("; ", result.Violations.Select(v => $"{v.Id}: {v.Nodes[0].Html}"))}");
        }
    }
}
