using System;
using System.CommandLine;
using System.IO;
using System.Linq;
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
        private const int MaxSecretBytes = 4096;
        private const int MaxApiKey = 512;

        private readonly FlashHost _host;
        private readonly ParseResult _options;
        private readonly string? _folder;
        private DoorSettings? _settings;
        private WifiSettings? _wifi;
        private ProvisioningSet? _set;
        private Registration? _registration;
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

        private string? Keep => _options.GetValue(Options.Keep);

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
                TakeFolder(_folder);
            }
            else
            {
                CheckServerOptions();
            }

            SayWhatKeepsTheDoorFromSyncing();
        }

        /// <summary>Gives everything, asking the key server where that is the source.</summary>
        public async Task<ProvisioningMaterial> TakeAsync(CancellationToken cancel)
        {
            _set ??= await RegisterAsync(cancel).ConfigureAwait(false);
            return new ProvisioningMaterial(_settings!, _set, _wifi);
        }

        /// <summary>A folder that <c>--keep</c> made holds the registration too.</summary>
        private void TakeFolder(string folder)
        {
            _set = ProvisioningSet.FromFolder(folder);
            string kept = Path.Combine(folder, Registration.FileName);
            if (File.Exists(kept))
            {
                Registration registration = Registration.Load(Options.From.Name, kept);
                registration.RequireSame(_set.Bundle);
                _settings = Serve(_settings!, registration);
                registration.RequireSame(_settings);
            }
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
            _apiKey = ReadApiKey();
            Client().Dispose();
            Registration registration = Registration.Load(Options.Register.Name, path);
            _settings = Serve(_settings!, registration);
            _registration = registration.For(_settings);
            if (Keep is string keep)
            {
                SecretFolder.Prepare(keep);
                SecretFolder.GiveUp(keep);
            }
        }

        /// <summary>A door that joins a network needs the address of its key server: from the registration, or where the tool itself finds that server.</summary>
        private DoorSettings Serve(DoorSettings door, Registration registration)
        {
            if (!door.Values.HasServer && registration.Server is string host)
            {
                return door.WithServer(host, registration.ServerPort ?? door.Values.ServerPort);
            }

            if (door.Values.HasServer || _wifi == null || !Uri.TryCreate(Server, UriKind.Absolute, out Uri? server))
            {
                return door;
            }

            if (!server.IsLoopback)
            {
                return door.WithServer(server.IdnHost, door.Values.ServerPort);
            }

            string own = OwnAddress.Find()?.ToString()
                ?? throw FlashException.Input("this machine is in no network, so no door could reach its key server", $"join the door's network, or write server into {DoorSettings.FileName}");
            return door.WithServer(own, DoorSettings.UsualDoorPort);
        }

        private void SayWhatKeepsTheDoorFromSyncing()
        {
            if (_settings!.Values.HasServer)
            {
                _host.Out.WriteLine($"note  the door will ask its key server at {_settings.Values.ServerHost}:{_settings.Values.ServerPort}"
                    + (_wifi == null ? ", over the Wi-Fi that the board knows already: no --wifi is given" : string.Empty));
            }
            else if (_wifi != null)
            {
                _host.Out.WriteLine($"note  the door joins the Wi-Fi and syncs with nobody: {DoorSettings.FileName} has no server");
            }
        }

        private async Task<ProvisioningSet> RegisterAsync(CancellationToken cancel)
        {
            if (Keep is string prepared)
            {
                SecretFolder.Prepare(prepared);
            }

            ProvisioningSet set;
            try
            {
                using KeyServerClient client = Client();
                set = await client.RegisterAsync(_registration!.Fields, cancel).ConfigureAwait(false);
            }
            catch (Exception) when (Keep is string)
            {
                SecretFolder.GiveUp(Keep);
                throw;
            }

            KeepFiles(set);
            _registration.RequireSame(set.Bundle);
            return set;
        }

        /// <summary>Told once: what cannot be kept after all still goes onto the board.</summary>
        private void KeepFiles(ProvisioningSet set)
        {
            if (Keep is not string keep)
            {
                return;
            }

            try
            {
                byte[] registration = System.Text.Encoding.UTF8.GetBytes(_registration!.Fields.ToJsonString());
                SecretFolder.Keep(keep, [.. set.Files, (Registration.FileName, registration)]);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _host.Error.WriteLine($"warning: the door's files are not kept in {keep} ({e.Message}): they go onto the board alone");
            }
        }

        private KeyServerClient Client()
        {
            return Uri.TryCreate(Server, UriKind.Absolute, out Uri? server)
                ? new KeyServerClient(server, _apiKey!, _options.GetValue(Options.RequestKey))
                : throw FlashException.Input($"--server {Server} is no address", "give one such as https://keys.example.com/");
        }

        private string ReadApiKey()
        {
            string key = ReadSecret(Options.ApiKeyFile, "DOOR_API_KEY")
                ?? throw FlashException.Input("the API key is missing", "give --api-key-file, or set DOOR_API_KEY");
            return key.Length is > 0 and <= MaxApiKey && key.All(c => c is > ' ' and <= '~')
                ? key
                : throw FlashException.Input("the API key is empty, or holds something that is in no key", "give the one line that the key server wrote");
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

            return InputFile.ReadLine(file.Name, path, MaxSecretBytes);
        }
    }
}
