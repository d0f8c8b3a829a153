using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.KeyServer.Doors;
using DoorController.Tests.KeyServer.Doors;
using DoorController.Tests.KeyServer.Grants;

namespace DoorController.Tests.KeyServer.Requests
{
    /// <summary>A good request for every route with an API key, about things that are all there.</summary>
    internal sealed class RouteBodies
    {
        /// <summary>$name stands for the id of a thing.</summary>
        private const string Table = """
            /user_identities/create {}
            /user_identities/get {"user_identity_id":"$person"}
            /user_identities/list {"user_identity_ids":["$person"]}
            /user_identities/update {"user_identity_id":"$person","full_name":"Eve"}
            /user_identities/delete {"user_identity_id":"$person"}
            /user_identities/generate_instant_key {"user_identity_id":"$person"}
            /instant_keys/get {"instant_key_id":"$key"}
            /instant_keys/list {"user_identity_id":"$person"}
            /instant_keys/delete {"instant_key_id":"$key"}
            /acs/systems/get {"acs_system_id":"$system"}
            /acs/systems/list {}
            /acs/entrances/get {"acs_entrance_id":"$entrance"}
            /acs/entrances/list {"acs_entrance_ids":["$entrance"]}
            /acs/entrances/list {"space_id":"$space"}
            /acs/entrances/list {"acs_credential_id":"$credential"}
            /acs/entrances/list {"acs_system_id":"$system"}
            /acs/credentials/get {"acs_credential_id":"$credential"}
            /acs/credentials/list {"user_identity_id":"$person"}
            /acs/credentials/list {"acs_system_id":"$system"}
            /spaces/create {"name":"mine","acs_entrance_ids":["$entrance"]}
            /spaces/get {"space_id":"$space"}
            /spaces/list {}
            /spaces/update {"space_id":"$space","name":"mine"}
            /spaces/delete {"space_id":"$space"}
            /spaces/add_acs_entrances {"space_id":"$space","acs_entrance_ids":["$entrance"]}
            /spaces/remove_acs_entrances {"space_id":"$space","acs_entrance_ids":["$entrance"]}
            /spaces/get_related {"space_ids":["$space"]}
            /access_grants/create {"user_identity_id":"$person","acs_entrance_ids":["$entrance"],"requested_access_methods":[{"mode":"mobile_key"}]}
            /access_grants/create {"user_identity":{},"acs_entrance_ids":["$entrance"],"requested_access_methods":[{"mode":"mobile_key"}]}
            /access_grants/create {"user_identity":{},"space_ids":["$space"],"requested_access_methods":[{"mode":"mobile_key"}]}
            /access_grants/get {"access_grant_id":"$grant"}
            /access_grants/list {"access_grant_ids":["$grant"]}
            /access_grants/list {"user_identity_id":"$person"}
            /access_grants/list {"space_id":"$space"}
            /access_grants/list {"acs_entrance_id":"$entrance"}
            /access_grants/update {"access_grant_id":"$grant","name":"mine"}
            /access_grants/request_access_methods {"access_grant_id":"$grant","requested_access_methods":[{"mode":"mobile_key"}]}
            /access_grants/delete {"access_grant_id":"$grant"}
            /access_grants/get_related {"access_grant_ids":["$grant"]}
            /access_methods/get {"access_method_id":"$method"}
            /access_methods/list {"access_grant_id":"$grant"}
            /access_methods/delete {"access_method_id":"$method"}
            /access_methods/get_related {"access_method_ids":["$method"]}
            /client_sessions/get {"client_session_id":"$session"}
            /client_sessions/list {"user_identity_id":"$person"}
            /client_sessions/delete {"client_session_id":"$session"}
            /client_sessions/revoke {"client_session_id":"$session"}
            /phones/get {"device_id":"$phone"}
            /phones/list {"owner_user_identity_id":"$person"}
            /phones/deactivate {"device_id":"$phone"}
            /events/get {"event_id":"$event"}
            /events/list {"since":"2020-01-01T00:00:00Z","access_grant_id":"$grant"}
            /webhooks/create {"url":"https://example.com/mine"}
            /webhooks/get {"webhook_id":"$webhook"}
            /webhooks/list {}
            /webhooks/update {"webhook_id":"$webhook","event_types":["*"]}
            /webhooks/delete {"webhook_id":"$webhook"}
            /workspaces/get {}
            /workspaces/list {}
            /workspaces/customization_profiles/create {"name":"mine"}
            /workspaces/customization_profiles/get {"customization_profile_id":"$profile"}
            /workspaces/customization_profiles/list {}
            /workspaces/customization_profiles/update {"customization_profile_id":"$profile","name":"mine"}
            /workspaces/customization_profiles/delete {"customization_profile_id":"$profile"}
            /links/status {}
            /scopes/create {"name":"mine"}
            /scopes/list {}
            /scopes/update {"scope_id":$scope,"offline_hours":24,"keys_in_use":"keep"}
            /scopes/rekey {"scope_id":$scope}
            /doors/register {"name":"MINE"}
            /doors/register {"name":"MINE 2","scope_ids":[$scope]}
            /doors/list {}
            /doors/get {"door_id":$door}
            /doors/status {"door_id":$door}
            /doors/rename {"door_id":$door,"name":"MINE 3"}
            /doors/replace {"door_id":$door,"is_stolen":false}
            /doors/retire {"door_id":$door}
            /doors/floor_reset {"door_id":$door}
            /doors/time_token {"door_id":$door,"challenge":"0011223344556677"}
            /doors/technician_response {"door_id":$door,"challenge":"0011223344556677","command":"strike"}
            /rights/assign {"user_identity_id":"$person","scope_id":$scope,"door_ids":[$door],"starts_at":"$now","ends_at":"$later"}
            /rights/change {"right_id":"$right","door_ids":[$door],"starts_at":"$now","ends_at":"$later"}
            /rights/list {"user_identity_id":"$person"}
            /rights/delete {"right_id":"$right"}
            /emergency_keys/create {"user_identity_id":"$person","scope_id":$scope,"door_ids":[$door],"starts_at":"$now","ends_at":"$later","offline_hours":48}
            /alarms/list {"door_id":$door}
            /alarms/delete {"kind":"floors_differ","door_id":$door}
            /audit/list {"door_id":$door}
            /audit/list {"user_identity_id":"$person"}
            """;

        private readonly Dictionary<string, string> _ids = [];

        /// <summary>Ids that no answer to another workspace may hold.</summary>
        public IEnumerable<string> Secrets => _ids.Values.Where(id => Guid.TryParse(id, out _));

        /// <summary>Each request, and whether it names a thing.</summary>
        public IReadOnlyList<(string Path, JsonObject Body, bool IsAboutThing)> Requests => [.. Table.Split('\n').Select(line => line.Trim().Split(' ', 2))
            .Select(words => (words[0], Fill(words[1]), words[1].Contains('$', StringComparison.Ordinal)))];

        /// <summary>Makes one of each thing.</summary>
        public static async Task<RouteBodies> MakeAsync(GrantHouse house)
        {
            ServerRig rig = house.Rig;
            RouteBodies bodies = new();
            Dictionary<string, string> ids = bodies._ids;
            ids["space"] = Of(await rig.DoAsync("/spaces/create", new JsonObject { ["name"] = "wing", ["acs_entrance_ids"] = new JsonArray(house.Front) }), "space", "space_id");
            JsonNode grant = await house.GrantAsync([house.Pool], [ids["space"]]);
            await house.NumbersAsync(grant);
            ids["grant"] = GrantHouse.Id(grant);
            ids["method"] = grant["access_method_ids"]![0]!.GetValue<string>();
            ids["person"] = grant["user_identity_id"]!.GetValue<string>();
            ids["entrance"] = house.Front;
            JsonObject whose = new() { ["user_identity_id"] = ids["person"] };
            JsonNode key = (await rig.PostAsync("/instant_keys/list", whose)).Body["instant_keys"]![0]!;
            (ids["key"], ids["session"]) = (Of(key, "instant_key_id"), Of(key, "client_session_id"));
            ids["system"] = Of((await rig.PostAsync("/acs/systems/list")).Body, "acs_systems", "0", "acs_system_id");
            ids["credential"] = Of((await rig.PostAsync("/acs/credentials/list", whose)).Body, "acs_credentials", "0", "acs_credential_id");
            ids["phone"] = Of((await rig.PostAsync("/phones/list", new() { ["owner_user_identity_id"] = ids["person"] })).Body, "phones", "0", "device_id");
            ids["event"] = Of((await rig.GetAsync("/events/list?since=2020-01-01T00:00:00Z")).Body, "events", "0", "event_id");
            ids["profile"] = Of(await rig.DoAsync("/workspaces/customization_profiles/create", new JsonObject { ["name"] = "blue" }), "customization_profile", "customization_profile_id");
            RegisteredDoor door = await rig.RegisterAsync();
            (ids["door"], ids["scope"]) = (door.Id.ToString(null, null), door.ScopeId.ToString(null, null));
            foreach (JsonNode? former in (await rig.PostAsync("/webhooks/list")).Body["webhooks"]!.AsArray())
            {
                await rig.DoAsync("/webhooks/delete", new JsonObject { ["webhook_id"] = former!["webhook_id"]!.GetValue<string>() });
            }

            ids["webhook"] = Of(await rig.DoAsync("/webhooks/create", new JsonObject { ["url"] = "https://example.com/hook", ["event_types"] = new JsonArray("webhook.disabled") }), "webhook", "webhook_id");
            string workspace = Of((await rig.PostAsync("/workspaces/get")).Body, "workspace", "workspace_id");
            await rig.Site.Database.WriteAsync(async s =>
            {
                await Alarms.RaiseAsync(s, workspace, Alarms.FloorsDiffer, door.Id, 0, "0 and 3");
                return 0;
            });
            (ids["now"], ids["later"]) = (house.InDays(0), house.InDays(2));
            ids["right"] = Of(await rig.DoAsync("/rights/assign", rig.Wish(ids["person"], door)), "right", "right_id");
            return bodies;
        }

        private JsonObject Fill(string template) =>
            JsonNode.Parse(_ids.OrderByDescending(id => id.Key.Length).Aggregate(template, (text, id) => text.Replace("$" + id.Key, id.Value)))!.AsObject();

        private static string Of(JsonNode node, params string[] path) =>
            path.Aggregate(node, (n, name) => n is JsonArray list ? list[int.Parse(name, null)]! : n[name]!).ToString();
    }
}
