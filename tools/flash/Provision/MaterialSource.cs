using System;
using System.CommandLine;
using System.IO;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using Spectre.Console;

namespace DoorController.Flash.Provision
{
    /// <summary>
    /// Gathers what provision writes. Everything that can be checked is checked before the board is touched; the key server is asked last,
    /// since it gives a door's keys only once.
    /// </summary>
    internal sealed class MaterialSource
    {
        private readonly FlashHost _host;
        private readonly ParseResult _options;
        private readonly string? _folder;
        private byte[] _settings = [];
        private WifiSettings? _wifi;
        private ProvisioningSet? _set;
        private JsonObject? _registration;
        private string? _apiKey;

        /// <summary>Prepares to gather.</summary>
        /// <param name="host">For a question.</param>
        /// <param name="options">The command line.</param>
        /// <param name="folder">Folder with the door's files; null when a key server gives them.</param>
        public MaterialSource(FlashHost host, ParseResult options, string? folder)
        {
            _host = host;
            _options = options;
            _folder = folder;
        }

        private string? Server => _options.GetValue(Options.Server);

        /// <summary>Reads and checks all that is there without a key server.</summary>
        public void CheckBeforeTheBoard()
        {
            string? board = _options.GetValue(Options.Board);
            int floors = board == null ? Variant.MostFloors : Variant.ByName(board).Floors;
            _settings = DoorSettings.Load(SettingsPath(), floors);
            _wifi = ReadWifi();
            if ((_folder == null) == (Server == null))
            {
                throw FlashException.Input("the door's keys come from one place", "give either --from or --server");
            }

            if (_folder != null)
            {
                _set = ProvisioningSet.FromFolder(_folder);
                return;
            }

            CheckServerOptions();
        }

        /// <summary>Gives everything, asking the key server where that is the source.</summary>
        public async Task<ProvisioningMaterial> TakeAsync(CancellationToken cancel)
        {
            if (_set == null)
            {
                using KeyServerClient client = Client();
                _set = await client.RegisterAsync(_registration!, cancel).ConfigureAwait(false);
                if (_options.GetValue(Options.Keep) is string keep)
                {
                    SecretFolder.Keep(keep, _set);
                }
            }

            return new ProvisioningMaterial(_settings, _set, _wifi);
        }

        /// <summary>The settings of this door: those in its own folder, where there are some, and else those of all.</summary>
        private string SettingsPath()
        {
            string? own = _folder == null ? null : Path.Combine(_folder, DoorSettings.FileName);
            return own != null && _options.GetResult(Options.Settings) is not { Implicit: false } && File.Exists(own)
                ? own
                : _options.GetRequiredValue(Options.Settings);
        }

        private void CheckServerOptions()
        {
            if (_options.GetValue(Options.DryRun))
            {
                throw FlashException.Input("a dry run asks no key server", "give --from");
            }

            string path = _options.GetValue(Options.Register)
                ?? throw FlashException.Input("the key server must be told what door this is", "give --register");
            _registration = ReadRegistration(path);
            _apiKey = ReadSecret(Options.ApiKeyFile, "DOOR_API_KEY")
                ?? throw FlashException.Input("the API key is missing", "give --api-key-file, or set DOOR_API_KEY");
            if (_options.GetValue(Options.Keep) is string keep && Directory.Exists(keep))
            {
                throw FlashException.Input($"--keep {keep} is there already", "name a new folder");
            }

            Client().Dispose();
        }

        private KeyServerClient Client()
        {
            return Uri.TryCreate(Server, UriKind.Absolute, out Uri? server)
                ? new KeyServerClient(server, _apiKey!)
                : throw FlashException.Input($"--server {Server} is no address", "give one such as https://keys.example.com/");
        }

        private static JsonObject ReadRegistration(string path)
        {
            if (!File.Exists(path))
            {
                throw FlashException.Input($"--register {path} is not there", "write one as the key server's README shows");
            }

            try
            {
                return JsonNode.Parse(File.ReadAllText(path)) as JsonObject
                    ?? throw FlashException.Input($"--register {path} is no JSON object", "write one as the key server's README shows");
            }
            catch (JsonException e)
            {
                throw FlashException.Input($"--register {path} is no JSON (line {e.LineNumber + 1})", "correct that");
            }
        }

        private WifiSettings? ReadWifi()
        {
            string? ssid = _options.GetValue(Options.Wifi);
            if (ssid == null)
            {
                return null;
            }

            return WifiSettings.Make(ssid, _options.GetValue(Options.WifiOpen) ? null : ReadWifiPassword());
        }

        private string ReadWifiPassword()
        {
            string? password = ReadSecret(Options.WifiPasswordFile, "DOOR_WIFI_PASSWORD");
            if (password == null && _host.IsInteractive)
            {
                password = AnsiConsole.Prompt(new TextPrompt<string>("Wi-Fi password:").Secret(null));
            }

            return password ?? throw FlashException.Input("the Wi-Fi password is missing", "give --wifi-password-file, or --wifi-open for an open network");
        }

        private string? ReadSecret(Option<string?> file, string variable)
        {
            if (_options.GetValue(file) is not string path)
            {
                return _host.ReadVariable(variable);
            }

            return File.Exists(path)
                ? File.ReadAllText(path).TrimEnd('\r', '\n')
                : throw FlashException.Input($"{file.Name} {path} is not there", "check the path");
        }
    }
}
