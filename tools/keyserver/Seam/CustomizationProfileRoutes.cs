using System.Globalization;
using DoorController.KeyServer.Look;
using DoorController.KeyServer.Redeem;
using DoorController.KeyServer.Requests;

namespace DoorController.KeyServer.Seam;

/// <summary>/workspaces/customization_profiles/…</summary>
internal static class CustomizationProfileRoutes
{
    private const string Path = "/workspaces/customization_profiles/";
    private const int MaxName = 100;

    public static void Map(WebApplication app)
    {
        app.MapApi(["POST"], Path + "create", CreateAsync);
        app.MapApi(["GET", "POST"], Path + "get", GetAsync);
        app.MapApi(["GET", "POST"], Path + "list", ListAsync);
        app.MapApi(["PATCH", "POST"], Path + "update", UpdateAsync);
        app.MapApi(["DELETE", "POST"], Path + "delete", DeleteAsync);
    }

    private static async Task<object> CreateAsync(Call call)
    {
        (Wishes wishes, string? logoUrl) = Read(call.Parameters);
        call.Parameters.Check();
        Logo? logo = logoUrl == null ? null : await Fetcher(call).FetchAsync(logoUrl, call.Cancel);
        CustomizationProfile made = await call.Database.WriteAsync(
            async s =>
            {
                CustomizationProfile profile = new(
                    Guid.NewGuid().ToString(), call.WorkspaceId, wishes.Name, wishes.Primary, wishes.Secondary, logo?.Hash, s.NowUs);
                await LookBook.AddAsync(s, profile, logo);
                return profile;
            },
            call.Cancel);
        return new { customization_profile = Show(call, made) };
    }

    private static async Task<object> GetAsync(Call call)
    {
        Guid? id = call.Parameters.Id("customization_profile_id", required: true);
        call.Parameters.Check();
        return new { customization_profile = Show(call, await call.Database.QueryAsync(s => LookBook.GetAsync(s, call.WorkspaceId, id!.Value), call.Cancel)) };
    }

    private static async Task<object> ListAsync(Call call)
    {
        call.Parameters.Check();
        List<CustomizationProfile> all = await call.Database.QueryAsync(s => LookBook.ListAsync(s, call.WorkspaceId), call.Cancel);
        return new { customization_profiles = all.Select(profile => Show(call, profile)) };
    }

    /// <summary>What is not named stays; null takes away.</summary>
    private static async Task<object> UpdateAsync(Call call)
    {
        Parameters p = call.Parameters;
        Guid? id = p.Id("customization_profile_id", required: true);
        (Wishes wishes, string? logoUrl) = Read(p);
        p.Check();
        bool isLogoNew = p.Has("logo_url");
        Logo? logo = logoUrl == null ? null : await Fetcher(call).FetchAsync(logoUrl, call.Cancel);
        await call.Database.WriteAsync(
            async s =>
            {
                CustomizationProfile profile = await LookBook.GetAsync(s, call.WorkspaceId, id!.Value);
                CustomizationProfile changed = profile with
                {
                    Name = p.Has("name") ? wishes.Name : profile.Name,
                    PrimaryColor = p.Has("primary_color") ? wishes.Primary : profile.PrimaryColor,
                    SecondaryColor = p.Has("secondary_color") ? wishes.Secondary : profile.SecondaryColor,
                };
                await LookBook.ChangeAsync(s, changed, isLogoNew, logo);
                return 0;
            },
            call.Cancel);
        return new { };
    }

    private static async Task<object> DeleteAsync(Call call)
    {
        Guid? id = call.Parameters.Id("customization_profile_id", required: true);
        call.Parameters.Check();
        await call.Database.WriteAsync(async s => await LookBook.DeleteAsync(s, await LookBook.GetAsync(s, call.WorkspaceId, id!.Value)), call.Cancel);
        return new { };
    }

    private static (Wishes Wishes, string? LogoUrl) Read(Parameters p) =>
        (new Wishes(p.Text("name", max: MaxName), ReadColor(p, "primary_color"), ReadColor(p, "secondary_color")), p.Text("logo_url"));

    /// <summary>#rgb or #rrggbb, kept as #rrggbb in small letters.</summary>
    private static string? ReadColor(Parameters p, string name)
    {
        if (p.Text(name) is not string text)
        {
            return null;
        }

        string digits = text.Length == 4 ? string.Concat(text.Skip(1).Select(c => new string(c, 2))) : text[1..];
        if (text[0] == '#' && digits.Length == 6 && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _))
        {
            return "#" + digits.ToLowerInvariant();
        }

        p.Refuse(name, "wanted a colour as #rrggbb or #rgb");
        return null;
    }

    private static LogoFetcher Fetcher(Call call) => call.Http.RequestServices.GetRequiredService<LogoFetcher>();

    private static CustomizationProfileShape Show(Call call, CustomizationProfile profile) => new(
        profile.Id, profile.WorkspaceId, profile.Name, IsoTime.FromUs(profile.CreatedUs),
        call.Http.RequestServices.GetRequiredService<Links>().MakeLogo(profile.LogoHash), profile.PrimaryColor, profile.SecondaryColor);

    private sealed record Wishes(string? Name, string? Primary, string? Secondary);
}
