using System.Data.Common;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Store;

namespace DoorController.KeyServer.Look;

/// <summary>Customization profiles in the database.</summary>
internal static class LookBook
{
    /// <summary>Profiles of a workspace at most.</summary>
    public const int MaxProfiles = 100;

    private const string Columns = "customization_profile_id, workspace_id, name, primary_color, secondary_color, logo_hash, created_us";

    /// <summary>All profiles of a workspace, oldest first.</summary>
    public static Task<List<CustomizationProfile>> ListAsync(Session s, string workspaceId) => s.QueryAsync(
        $"""
        SELECT {Columns} FROM customization_profiles WHERE workspace_id = @workspace AND deleted_us IS NULL
        ORDER BY created_us, customization_profile_id LIMIT {MaxProfiles}
        """,
        Map,
        ("workspace", workspaceId));

    /// <summary>One profile of a workspace.</summary>
    /// <exception cref="ApiException">404 customization_profile_not_found.</exception>
    public static async Task<CustomizationProfile> GetAsync(Session s, string workspaceId, Guid id) =>
        await FindAsync(s, id.ToString()) is CustomizationProfile found && found.WorkspaceId == workspaceId ? found : throw ApiException.NotFound("customization_profile");

    /// <summary>The profile that an instant key names; null when it names none, or it was deleted.</summary>
    public static async Task<CustomizationProfile?> FindAsync(Session s, string? id) => id == null ? null : await s.FirstAsync(
        $"SELECT {Columns} FROM customization_profiles WHERE customization_profile_id = @id AND deleted_us IS NULL", Map, ("id", id));

    /// <summary>Keeps a new profile.</summary>
    /// <exception cref="ApiException">409: the workspace has as many as it may have.</exception>
    public static async Task AddAsync(Session s, CustomizationProfile profile, Logo? logo)
    {
        if ((await ListAsync(s, profile.WorkspaceId)).Count >= MaxProfiles)
        {
            throw new ApiException(409, "too_many_customization_profiles", $"the workspace has {MaxProfiles} customization profiles: delete one first");
        }

        await s.ExecuteAsync(
            $"INSERT INTO customization_profiles ({Columns}, logo, logo_kind) VALUES (@id, @workspace, @name, @primary, @secondary, @hash, @now, @logo, @kind)",
            ("id", profile.Id), ("workspace", profile.WorkspaceId), ("name", profile.Name), ("primary", profile.PrimaryColor),
            ("secondary", profile.SecondaryColor), ("hash", profile.LogoHash), ("now", profile.CreatedUs), ("logo", logo?.Bytes), ("kind", logo?.Kind));
    }

    /// <summary>Changes a profile; its logo where one is given.</summary>
    public static async Task ChangeAsync(Session s, CustomizationProfile profile, bool isLogoNew, Logo? logo)
    {
        await s.ExecuteAsync(
            "UPDATE customization_profiles SET name = @name, primary_color = @primary, secondary_color = @secondary WHERE customization_profile_id = @id",
            ("name", profile.Name), ("primary", profile.PrimaryColor), ("secondary", profile.SecondaryColor), ("id", profile.Id));
        if (isLogoNew)
        {
            await s.ExecuteAsync(
                "UPDATE customization_profiles SET logo = @logo, logo_kind = @kind, logo_hash = @hash WHERE customization_profile_id = @id",
                ("logo", logo?.Bytes), ("kind", logo?.Kind), ("hash", logo?.Hash), ("id", profile.Id));
        }
    }

    /// <summary>Takes a profile away: its keys work on, and look as without one.</summary>
    public static Task<int> DeleteAsync(Session s, CustomizationProfile profile) => s.ExecuteAsync(
        "UPDATE customization_profiles SET deleted_us = @now, logo = NULL, logo_hash = NULL WHERE customization_profile_id = @id",
        ("now", s.NowUs), ("id", profile.Id));

    /// <summary>A logo by its hash; null when no profile has it.</summary>
    public static Task<Logo?> LogoAsync(Session s, string hash) => s.FirstAsync(
        "SELECT logo, logo_kind FROM customization_profiles WHERE logo_hash = @hash AND logo IS NOT NULL", row => new Logo(row.Blob(0), row.Text(1)), ("hash", hash));

    private static CustomizationProfile Map(DbDataReader row) => new(
        row.Text(0), row.Text(1), row.TextOrNull(2), row.TextOrNull(3), row.TextOrNull(4), row.TextOrNull(5), row.Long(6));
}
