# A client by HTTP::Tiny, which is Perl's own: http_tiny.pl url= proxy= port= log= output=, empty where they are not given.
use strict;
use warnings;
use HTTP::Tiny;

my ($url, $proxy, $port, $log, $output) = map { s/^[^=]*=//r } @ARGV;
$url =~ s{^(http://[^/:]+)(/|$)}{$1:$port$2} if $port;
my $client = HTTP::Tiny->new(timeout => 10, ($proxy ? (http_proxy => "http://$proxy") : ()));
my $answer = $client->get($url);
open my $lines, '>', $log || '/dev/null' or die "$log: $!";
for my $hop (@{ $answer->{redirects} || [] }, $answer) {
    print $lines "$hop->{protocol} $hop->{status} $hop->{reason}\n" if $hop->{protocol};
    for my $name (sort keys %{ $hop->{headers} }) {
        my $value = $hop->{headers}{$name};
        my $shown = join '-', map { ucfirst } split /-/, $name;
        print $lines "$shown: $_\n" for ref $value ? @$value : $value;
    }
    print $lines "\n";
}
close $lines;
die "$answer->{status} $answer->{reason}: $answer->{content}\n" unless $answer->{success};
open my $file, '>:raw', $output || 'index.html' or die "$output: $!";
print $file $answer->{content};
close $file;
