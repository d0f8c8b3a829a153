using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.BrowserTests;

/// <summary>The page in the colours of a house, with its logo.</summary>
[TestClass]
public sealed class LookTests : PageTestBase
{
    [TestMethod]
    [Timeout(40000)]
    public async Task A_house_with_bright_colours_and_a_logo_is_readable_and_stays_so_without_a_network()
    {
        string profile = await MakeProfileAsync("#ffe100", "#fff8d0");
        AirDoor door = await AddDoorAsync("SUITE 204");
        (string link, _) = GiveKey([door], profileId: profile);
        GuestPhone phone = await TakePhoneAsync();
        await phone.TapAsync(link, "ready");
        await phone.Page.WaitForFunctionAsync("document.getElementById('logo').naturalWidth === 320");
        await phone.ShowAsync("house-ready");
        await phone.GoOfflineAsync();
        await phone.Page.ReloadAsync();
        await phone.SeeAsync("ready");
        await phone.Page.WaitForFunctionAsync("document.getElementById('logo').naturalWidth === 320");
        Assert.AreEqual("Seaside", await phone.Page.GetAttributeAsync("#logo", "alt"));
        await phone.PressAsync("open");
        await phone.ShowAsync("house-open");
        Assert.IsEmpty(phone.Foreign);
        Assert.AreEqual("#ffe100", await PropertyAsync("--accent-light"));
        Assert.AreEqual("#ffe100", await PropertyAsync("--edge-dark"), "it stands out as it is");
        Assert.AreNotEqual("#ffe100", await PropertyAsync("--edge-light"));

        Task<string> PropertyAsync(string name) => phone.Page.EvaluateAsync<string>($"document.documentElement.style.getPropertyValue('{name}')");
    }

    /// <summary>The server fetches the logo while it makes the profile.</summary>
    private async Task<string> MakeProfileAsync(string primary, string secondary)
    {
        int port;
        using (TcpListener free = new(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        using HttpListener site = new();
        site.Prefixes.Add($"http://127.0.0.1:{port}/");
        site.Start();
        Task serve = Task.Run(async () =>
        {
            HttpListenerContext context = await site.GetContextAsync();
            await context.Response.OutputStream.WriteAsync(await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "logo.png")));
            context.Response.Close();
        });
        JsonObject wish = new() { ["name"] = "Seaside", ["primary_color"] = primary, ["secondary_color"] = secondary, ["logo_url"] = $"http://127.0.0.1:{port}/logo.png" };
        JsonNode profile = Server.Do("/workspaces/customization_profiles/create", wish)["customization_profile"]!;
        await serve;
        return profile["customization_profile_id"]!.GetValue<string>();
    }
}
